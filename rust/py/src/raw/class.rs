//! Types, from a table of their functions.

use std::ffi::{CStr, c_int, c_uint, c_void};
use std::ptr;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::function::{self, Slots, guarded};
use super::memory::{Type, dealloc, size};

/// A member of a type made by hand.
pub(crate) enum Member {
    /// An attribute, its doc, its function.
    Getter(&'static CStr, &'static CStr, ffi::getter),
    /// A method without arguments.
    Method(&'static CStr, &'static CStr, ffi::PyCFunction),
    /// A method with any arguments.
    Function(&'static CStr, &'static CStr, ffi::PyCFunctionWithKeywords),
}

static FIRST_INTERPRETER: PyOnceLock<i64> = PyOnceLock::new();

/// Types made by hand are shared by the whole process, so there may be one interpreter only.
pub(crate) fn first_interpreter(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the thread is attached.
    let interpreter = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    let first = *FIRST_INTERPRETER.get_or_init(py, || interpreter);
    if interpreter == first {
        return Ok(());
    }
    Err(PyImportError::new_err("ssewire works in one interpreter of a process only"))
}

/// Adds a type to the module, which makes it if that was not done before. (The module may be
/// imported again, after somebody took it out of `sys.modules`: the types stay the same.)
pub(crate) fn add_class<T: Slots>(
    module: &Bound<'_, PyModule>,
    kept: &'static Type<T>,
    [name, doc]: [&'static CStr; 2],
    members: &[Member],
    constructor: Option<ffi::newfunc>,
) -> PyResult<()> {
    let py = module.py();
    let short = name.to_str().unwrap_or_default().rsplit('.').next().unwrap_or_default();
    if kept.is_made() {
        return module.add(short, kept.class(py)?);
    }
    let (getters, methods) = tables(members);
    let slot = |slot, pfunc: *const c_void| ffi::PyType_Slot { slot, pfunc: pfunc.cast_mut() };
    let mut slots = vec![
        slot(ffi::Py_tp_doc, doc.as_ptr().cast()),
        slot(ffi::Py_tp_dealloc, dealloc::<T> as ffi::destructor as *const c_void),
        slot(ffi::Py_tp_repr, function::repr::<T> as ffi::reprfunc as *const c_void),
        slot(ffi::Py_tp_hash, function::hash::<T> as ffi::hashfunc as *const c_void),
        slot(ffi::Py_tp_richcompare, function::compare::<T> as ffi::richcmpfunc as *const c_void),
        slot(ffi::Py_tp_getset, getters.cast()),
        slot(ffi::Py_tp_methods, methods.cast()),
    ];
    let mut flags = ffi::Py_TPFLAGS_DEFAULT;
    match constructor {
        Some(new) => slots.push(slot(ffi::Py_tp_new, new as *const c_void)),
        None => flags |= ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION,
    }
    if T::HAS_ATTRIBUTES {
        let attribute = function::attribute::<T> as ffi::getattrofunc as *const c_void;
        slots.push(slot(ffi::Py_tp_getattro, attribute));
    }
    slots.push(ffi::PyType_Slot::default());
    let mut spec = ffi::PyType_Spec {
        name: name.as_ptr(),
        basicsize: c_int::try_from(size::<T>())?,
        itemsize: 0,
        flags: c_uint::try_from(flags)?,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the spec and its slots are what the C API asks for, each function of its slot's type.
    let class = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&raw mut spec))? };
    class.setattr("__match_args__", PyTuple::new(py, T::MATCH_ARGS)?)?;
    module.add(short, &class)?;
    // SAFETY: nobody has used the class. From here on no attribute of it can be set. It is one of
    // objects that hold a `T`.
    unsafe {
        (*class.as_ptr().cast::<ffi::PyTypeObject>()).tp_flags |= ffi::Py_TPFLAGS_IMMUTABLETYPE;
        kept.made(class.cast_into()?);
    }
    Ok(())
}

/// Adds methods that take one argument, any object, to a type that PyO3 made.
pub(crate) fn add_methods(
    class: &Bound<'_, PyType>,
    methods: &[(&'static CStr, &'static CStr, ffi::PyCFunction)],
) -> PyResult<()> {
    for (name, doc, call) in methods {
        let call = ffi::PyMethodDefPointer { PyCFunction: *call };
        let method = Box::leak(Box::new(definition(name, doc, call, ffi::METH_O)));
        // SAFETY: the definition lives for ever. The descriptor lets only objects of the type
        // through to it.
        let descriptor = unsafe {
            let descriptor = ffi::PyDescr_NewMethod(class.as_type_ptr(), method);
            Bound::from_owned_ptr_or_err(class.py(), descriptor)?
        };
        class.setattr(name.to_str().unwrap_or_default(), descriptor)?;
    }
    Ok(())
}

/// The tables of the members. The interpreter keeps pointers to them for as long as there are the
/// classes: for ever.
fn tables(members: &[Member]) -> (*const ffi::PyGetSetDef, *const ffi::PyMethodDef) {
    let (mut getters, mut methods) = (Vec::new(), Vec::new());
    for member in members {
        match *member {
            Member::Getter(name, doc, get) => getters.push(ffi::PyGetSetDef {
                name: name.as_ptr(),
                get: Some(get),
                set: None,
                doc: doc.as_ptr(),
                closure: ptr::null_mut(),
            }),
            Member::Method(name, doc, call) => {
                let call = ffi::PyMethodDefPointer { PyCFunction: call };
                methods.push(definition(name, doc, call, ffi::METH_NOARGS));
            }
            Member::Function(name, doc, call) => {
                let call = ffi::PyMethodDefPointer { PyCFunctionWithKeywords: call };
                let flags = ffi::METH_VARARGS | ffi::METH_KEYWORDS;
                methods.push(definition(name, doc, call, flags));
            }
        }
    }
    getters.push(ffi::PyGetSetDef::default());
    methods.push(ffi::PyMethodDef::zeroed());
    (getters.leak().as_ptr(), methods.leak().as_ptr())
}

fn definition(
    name: &'static CStr,
    doc: &'static CStr,
    ml_meth: ffi::PyMethodDefPointer,
    ml_flags: c_int,
) -> ffi::PyMethodDef {
    ffi::PyMethodDef { ml_name: name.as_ptr(), ml_meth, ml_flags, ml_doc: doc.as_ptr() }
}

/// Calls a Python function with the arguments that C got.
///
/// # Safety
///
/// The thread is attached; `args` is a tuple, `kwargs` a dict or null.
pub(crate) unsafe fn call_with(
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
    call: impl for<'py> FnOnce(
        &Bound<'py, PyTuple>,
        Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>>,
) -> *mut ffi::PyObject {
    // SAFETY: see above.
    let (py, args, kwargs) = unsafe {
        let py = Python::assume_attached();
        let kwargs = Bound::from_borrowed_ptr_or_opt(py, kwargs);
        (py, Bound::from_borrowed_ptr(py, args), kwargs)
    };
    guarded(py, ptr::null_mut(), || {
        let kwargs = kwargs.as_ref().map(|kwargs| kwargs.cast::<PyDict>()).transpose()?;
        Ok(call(args.cast::<PyTuple>()?, kwargs)?.into_ptr())
    })
}

/// A C function that makes an object by a safe one.
#[macro_export]
macro_rules! raw_constructor {
    ($function:path) => {{
        unsafe extern "C" fn made_by_hand(
            _class: *mut pyo3::ffi::PyTypeObject,
            args: *mut pyo3::ffi::PyObject,
            kwargs: *mut pyo3::ffi::PyObject,
        ) -> *mut pyo3::ffi::PyObject {
            // SAFETY: the interpreter calls this attached, with a tuple, and a dict or null.
            unsafe { $crate::raw::call_with(args, kwargs, $function) }
        }
        made_by_hand
    }};
}

/// A C function for a method with any arguments of what an object holds.
#[macro_export]
macro_rules! raw_function {
    ($holds:ty, $method:ident) => {{
        unsafe extern "C" fn call(
            this: *mut pyo3::ffi::PyObject,
            args: *mut pyo3::ffi::PyObject,
            kwargs: *mut pyo3::ffi::PyObject,
        ) -> *mut pyo3::ffi::PyObject {
            // SAFETY: the interpreter calls this attached, with an object that holds this, a
            // tuple, and a dict or null.
            unsafe {
                let py = pyo3::Python::assume_attached();
                let this = pyo3::Bound::from_borrowed_ptr(py, this);
                let own = $crate::raw::value::<$holds>(this.as_ptr());
                $crate::raw::call_with(args, kwargs, |args, kwargs| {
                    own.$method(&this, args, kwargs)
                })
            }
        }
        call
    }};
}

/// A C function for a method with one argument of a class that PyO3 made.
#[macro_export]
macro_rules! raw_feed {
    ($class:ty, $method:expr) => {{
        unsafe extern "C" fn call(
            this: *mut pyo3::ffi::PyObject,
            argument: *mut pyo3::ffi::PyObject,
        ) -> *mut pyo3::ffi::PyObject {
            let method = $method;
            // SAFETY: the interpreter calls this attached, with an object of the class: the method
            // descriptor has checked it.
            unsafe { $crate::raw::call_feed::<$class>(this, argument, method) }
        }
        call
    }};
}

/// # Safety
///
/// The thread is attached, and `this` is a `T`.
#[inline(always)]
pub(crate) unsafe fn call_feed<
    T: pyo3::PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync,
>(
    this: *mut ffi::PyObject,
    argument: *mut ffi::PyObject,
    method: impl for<'py> FnOnce(&T, &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>,
) -> *mut ffi::PyObject {
    // SAFETY: see above.
    let (py, this, argument) = unsafe {
        let py = Python::assume_attached();
        let this = Borrowed::from_ptr(py, this).cast_unchecked::<T>();
        (py, this, Borrowed::from_ptr(py, argument))
    };
    guarded(py, ptr::null_mut(), || Ok(method(this.get(), &argument)?.into_ptr()))
}
