//! `ServerSentEvent` as a Python type made by hand, `Decoder.feed` as a plain C function: the only
//! unsafe code. Both are called once an event or once a read, and what PyO3 does around them costs
//! as much as the decoding itself (DESIGN.md has the figures). Everything that an event holds or
//! says is in `event`; here are its header, its slots and its memory.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_int, c_uint, c_void};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::exceptions::{PyImportError, PyRuntimeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple, PyType};

use crate::decoder::Decoder;
use crate::docs;
use crate::event::{Event, made};

/// The memory of a `ServerSentEvent`. It is not tracked by the garbage collector: it holds only
/// `bytes` and `str`, so it is never part of a cycle.
#[repr(C)]
struct Object {
    header: ffi::PyObject,
    event: Event,
}

pub(crate) const HEADER: usize = size_of::<ffi::PyObject>();
pub(crate) const SIZE: usize = size_of::<Object>();

static FIRST_INTERPRETER: PyOnceLock<i64> = PyOnceLock::new();
static CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());

/// A new `ServerSentEvent`.
pub(crate) fn new(py: Python<'_>, event: Event) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: `CLASS` is the type whose size is that of `Object`, kept alive for ever by
    // `add_classes`, without which there is nobody to call this. `PyObject_New` returns null or
    // memory of that size with the header filled in, which is also what the free list has once
    // `PyObject_Init` was there; the event is written before anyone sees it.
    unsafe {
        let class = CLASS.load(Ordering::Relaxed);
        let object: *mut ffi::PyObject = match FREE.pop() {
            Some(memory) => ffi::PyObject_Init(memory, class),
            None => ffi::PyObject_New(class),
        };
        if object.is_null() {
            event.release(py);
            return Err(PyErr::fetch(py));
        }
        ptr::write(&raw mut (*object.cast::<Object>()).event, event);
        Ok(Bound::from_owned_ptr(py, object))
    }
}

/// The type `ServerSentEvent`.
pub(crate) fn class(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    // SAFETY: see `new`.
    let class = unsafe { Bound::from_borrowed_ptr(py, CLASS.load(Ordering::Relaxed).cast()) };
    Ok(class.cast_into()?)
}

/// Whether `object` lets its bytes be read.
pub(crate) fn is_buffer(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the thread is attached and the object alive.
    unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) == 1 }
}

/// UTF-8 as `str`, with U+FFFD for what is not UTF-8: as many as the standard's decoder makes, for
/// both replace the longest beginning of a character at once.
pub(crate) fn text<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyString>> {
    let length = bytes.len().cast_signed();
    // SAFETY: `PyUnicode_New` returns null or a compact string of `length` ASCII characters that
    // nobody else has seen, with room for them after its header; `bytes` are so many, all ASCII.
    // `PyUnicode_DecodeUTF8` reads `bytes` and returns null or a new string.
    unsafe {
        let text = if bytes.is_ascii() {
            let text = ffi::PyUnicode_New(length, 127);
            if !text.is_null() {
                let to = ffi::PyUnicode_DATA(text).cast::<u8>();
                ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
            }
            text
        } else {
            ffi::PyUnicode_DecodeUTF8(bytes.as_ptr().cast(), length, c"replace".as_ptr())
        };
        Ok(Bound::from_owned_ptr_or_err(py, text)?.cast_into_unchecked())
    }
}

/// A Python object that is made when it is first asked for.
pub(crate) struct Cached<T>(AtomicPtr<ffi::PyObject>, PhantomData<Py<T>>);

impl<T> Cached<T> {
    pub(crate) const fn empty() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()), PhantomData)
    }

    pub(crate) fn get_or_init<'py>(
        &self,
        py: Python<'py>,
        init: impl FnOnce() -> PyResult<Bound<'py, T>>,
    ) -> PyResult<Bound<'py, T>> {
        let mut object = self.0.load(Ordering::Acquire);
        if object.is_null() {
            let new = init()?;
            let set = self.0.compare_exchange(
                ptr::null_mut(),
                new.as_ptr(),
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            match set {
                Ok(_) => {
                    // One reference for the cache, one for the caller.
                    std::mem::forget(new.clone());
                    return Ok(new);
                }
                Err(other) => object = other,
            }
        }
        // SAFETY: what is not null is a `T` that was stored above, with a reference of our own.
        Ok(unsafe { Bound::from_borrowed_ptr(py, object).cast_into_unchecked() })
    }

    pub(crate) fn release(self, py: Python<'_>) {
        // SAFETY: the reference that was kept is given up, with the cache itself.
        drop(unsafe { Bound::from_owned_ptr_or_opt(py, self.0.into_inner()) });
    }
}

/// The memory of events that are gone, for those that come: a read makes as many as the loop over
/// the one before let go of. Only where the GIL lets one thread at a time in.
struct FreeList(UnsafeCell<([*mut ffi::PyObject; FREE_EVENTS], usize)>);

const FREE_EVENTS: usize = if cfg!(Py_GIL_DISABLED) { 0 } else { 256 };
static FREE: FreeList = FreeList(UnsafeCell::new(([ptr::null_mut(); FREE_EVENTS], 0)));

// SAFETY: both methods may be called only by the thread that has the GIL, and let no other have it
// meanwhile; without a GIL the list is empty and stays so.
unsafe impl Sync for FreeList {}

impl FreeList {
    /// # Safety
    ///
    /// The thread is attached.
    unsafe fn pop(&self) -> Option<*mut ffi::PyObject> {
        // SAFETY: see `impl Sync`.
        let (events, n) = unsafe { &mut *self.0.get() };
        *n = n.checked_sub(1)?;
        Some(events[*n])
    }

    /// # Safety
    ///
    /// The thread is attached, and the memory nobody's.
    unsafe fn push(&self, memory: *mut ffi::PyObject) -> bool {
        // SAFETY: see `impl Sync`.
        let (events, n) = unsafe { &mut *self.0.get() };
        let Some(place) = events.get_mut(*n) else {
            return false;
        };
        (*place, *n) = (memory, *n + 1);
        true
    }
}

/// Calls `f`, and turns an error or a panic into a Python exception and `bad`.
fn guarded<T>(py: Python<'_>, bad: T, f: impl FnOnce() -> PyResult<T>) -> T {
    let error = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(value)) => return value,
        Ok(Err(error)) => error,
        // PyO3 panics when there is no memory; then Python knows the reason.
        Err(_) => PyErr::take(py)
            .unwrap_or_else(|| PyRuntimeError::new_err("a bug in ssewire: it panicked")),
    };
    // SAFETY: the thread is attached, for there is a `py`. PyO3 does not know that and would keep
    // what is dropped here until somebody tells it.
    unsafe { Python::attach_unchecked(|py| error.restore(py)) };
    bad
}

/// A C function for a method of `Event` that takes nothing. What the interpreter passes after the
/// event differs: nothing for `repr`, a null for a method without arguments and for a getter.
macro_rules! method {
    ($method:ident $(, $null:ty)?) => {{
        unsafe extern "C" fn call(this: *mut ffi::PyObject $(, _: *mut $null)?) -> *mut ffi::PyObject {
            // SAFETY: the interpreter calls this attached, with an object of our type.
            let (py, event) = unsafe { (Python::assume_attached(), event(this)) };
            guarded(py, ptr::null_mut(), || Ok(event.$method(py)?.into_ptr()))
        }
        call
    }};
}

/// # Safety
///
/// `this` is a `ServerSentEvent`, alive for `'a`.
unsafe fn event<'a>(this: *mut ffi::PyObject) -> &'a Event {
    // SAFETY: `new` wrote it, and nothing changes it but `dealloc`.
    unsafe { &(*this.cast::<Object>()).event }
}

unsafe extern "C" fn dealloc(this: *mut ffi::PyObject) {
    // SAFETY: the interpreter calls this attached, once, when there is no reference left. The
    // event is taken out, the memory given back to where `new` got it, and with it the reference
    // that every object has to its heap type.
    unsafe {
        let py = Python::assume_attached();
        ptr::read(&raw const (*this.cast::<Object>()).event).release(py);
        let class = ffi::Py_TYPE(this);
        if !FREE.push(this) {
            ffi::PyObject_Free(this.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn construct(
    _class: *mut ffi::PyTypeObject,
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    static FUNCTION: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    // SAFETY: the interpreter calls this attached, with a tuple, and a dict or null.
    let (py, args, kwargs) = unsafe {
        let py = Python::assume_attached();
        let kwargs = Bound::from_borrowed_ptr_or_opt(py, kwargs);
        (py, Bound::from_borrowed_ptr(py, args), kwargs)
    };
    guarded(py, ptr::null_mut(), || {
        let kwargs = kwargs.as_ref().map(|kwargs| kwargs.cast::<PyDict>()).transpose()?;
        let function = FUNCTION.get_or_try_init(py, || {
            wrap_pyfunction!(made, py).map(|function| function.into_any().unbind())
        })?;
        Ok(function.bind(py).call(args.cast::<PyTuple>()?, kwargs)?.into_ptr())
    })
}

unsafe extern "C" fn hash(this: *mut ffi::PyObject) -> ffi::Py_hash_t {
    // SAFETY: the interpreter calls this attached, with an object of our type.
    let (py, event) = unsafe { (Python::assume_attached(), event(this)) };
    guarded(py, -1, || event.hash(py))
}

unsafe extern "C" fn compare(
    this: *mut ffi::PyObject,
    other: *mut ffi::PyObject,
    op: c_int,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this attached, with `this` of our type; `other` is looked at
    // as an event only if it is of our type too, which cannot be subclassed.
    let (py, this, other) = unsafe {
        let ours = ptr::eq(ffi::Py_TYPE(other), CLASS.load(Ordering::Relaxed));
        (Python::assume_attached(), event(this), ours.then(|| event(other)))
    };
    guarded(py, ptr::null_mut(), || {
        let equal = other.map(|other| this.equals(other, py)).transpose()?;
        let result = match (equal, op) {
            (Some(equal), ffi::Py_EQ) => equal,
            (Some(equal), ffi::Py_NE) => !equal,
            _ => return Ok(py.NotImplemented().into_ptr()),
        };
        Ok(PyBool::new(py, result).to_owned().into_ptr())
    })
}

unsafe extern "C" fn feed(
    this: *mut ffi::PyObject,
    chunk: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this attached, with a `Decoder`: the method descriptor that
    // `add_classes` makes has checked it.
    let (py, this, chunk) = unsafe {
        let py = Python::assume_attached();
        let this = Borrowed::from_ptr(py, this).cast_unchecked::<Decoder>();
        (py, this, Borrowed::from_ptr(py, chunk))
    };
    guarded(py, ptr::null_mut(), || Ok(this.get().feed(&chunk)?.into_ptr()))
}

/// Adds `ServerSentEvent` to the module, and `feed` to its `Decoder`.
pub(crate) fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    // SAFETY: the thread is attached.
    let interpreter = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    let first = *FIRST_INTERPRETER.get_or_init(py, || interpreter);
    if interpreter != first {
        return Err(PyImportError::new_err("ssewire works in one interpreter of a process only"));
    }
    // Imported again, after somebody took it out of `sys.modules`: the classes stay the same.
    if !CLASS.load(Ordering::Relaxed).is_null() {
        return module.add("ServerSentEvent", class(py)?);
    }
    let getter = |name: &'static CStr, get: ffi::getter, doc: &'static CStr| ffi::PyGetSetDef {
        name: name.as_ptr(),
        get: Some(get),
        set: None,
        doc: doc.as_ptr(),
        closure: ptr::null_mut(),
    };
    let function = |name: &'static CStr, call, flags, doc: &'static CStr| ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: call },
        ml_flags: flags,
        ml_doc: doc.as_ptr(),
    };
    // The interpreter keeps pointers to these tables for as long as there are the classes: for ever.
    let getters = Box::leak(Box::new([
        getter(c"event", method!(event, c_void), c"The event's name; `\"message\"` if it has none."),
        getter(c"data", method!(data, c_void), c"The data, its lines joined by LF."),
        getter(c"id", method!(id, c_void), c"The last event id when the event came, or `\"\"`."),
        getter(
            c"retry",
            method!(retry, c_void),
            c"The reconnection time that this event's block set, in milliseconds, or `None`.",
        ),
        getter(
            c"raw",
            method!(raw, c_void),
            c"The bytes of the block as received, from its first field to the end of its blank line.",
        ),
        ffi::PyGetSetDef::default(),
    ]));
    let no_arguments = ffi::METH_NOARGS;
    let methods = Box::leak(Box::new([
        function(c"json", method!(json, ffi::PyObject), no_arguments, docs::JSON),
        function(c"__reduce__", method!(reduce, ffi::PyObject), no_arguments, c""),
        function(c"__sizeof__", method!(sizeof, ffi::PyObject), no_arguments, c""),
        ffi::PyMethodDef::zeroed(),
    ]));
    let slot = |slot, pfunc: *const c_void| ffi::PyType_Slot { slot, pfunc: pfunc.cast_mut() };
    let mut slots = [
        slot(ffi::Py_tp_doc, docs::EVENT.as_ptr().cast()),
        slot(ffi::Py_tp_new, construct as ffi::newfunc as *const c_void),
        slot(ffi::Py_tp_dealloc, dealloc as ffi::destructor as *const c_void),
        slot(ffi::Py_tp_repr, method!(repr) as ffi::reprfunc as *const c_void),
        slot(ffi::Py_tp_hash, hash as ffi::hashfunc as *const c_void),
        slot(ffi::Py_tp_richcompare, compare as ffi::richcmpfunc as *const c_void),
        slot(ffi::Py_tp_getset, getters.as_ptr().cast()),
        slot(ffi::Py_tp_methods, methods.as_ptr().cast()),
        ffi::PyType_Slot::default(),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"ssewire.ServerSentEvent".as_ptr(),
        basicsize: c_int::try_from(SIZE)?,
        itemsize: 0,
        flags: c_uint::try_from(ffi::Py_TPFLAGS_DEFAULT)?,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the spec and its slots are what the C API asks for, each function of its slot's type.
    let class = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&raw mut spec))? };
    class.setattr("__match_args__", ("event", "data", "id", "retry"))?;
    module.add("ServerSentEvent", &class)?;
    let class = class.into_ptr().cast::<ffi::PyTypeObject>();
    // SAFETY: nobody else has seen the class. From here on no attribute of it can be set.
    unsafe { (*class).tp_flags |= ffi::Py_TPFLAGS_IMMUTABLETYPE };
    CLASS.store(class, Ordering::Relaxed);

    let feed = Box::leak(Box::new(function(c"feed", feed, ffi::METH_O, docs::FEED)));
    let decoder = py.get_type::<Decoder>();
    // SAFETY: the definition lives for ever. The descriptor lets only a `Decoder` through to it.
    let feed = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyDescr_NewMethod(decoder.as_type_ptr(), feed))?
    };
    decoder.setattr("feed", feed)
}
