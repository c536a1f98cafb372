//! C functions that call safe ones.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use super::memory::value;

/// Calls `f`, and turns an error or a panic into a Python exception and `bad`.
#[inline(always)]
pub(super) fn guarded<T>(py: Python<'_>, bad: T, f: impl FnOnce() -> PyResult<T>) -> T {
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

/// A type whose functions are safe Rust. Each gets what the object holds, and the object.
pub(crate) trait Slots: super::Raw {
    /// The attributes that patterns match by place.
    const MATCH_ARGS: &[&str];
    /// Whether `attribute` says anything.
    const HAS_ATTRIBUTES: bool;

    /// `repr(object)`
    fn repr<'py>(&self, this: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>;

    /// `hash(object)`
    fn hash(&self, this: &Bound<'_, PyAny>) -> PyResult<isize>;

    /// `object == other`; `None` if they cannot be compared.
    fn equals(&self, this: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Option<bool>>;

    /// `object.name`; `None` for what any object of the type has.
    fn attribute<'py>(
        &self,
        _this: &Bound<'py, PyAny>,
        _name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(None)
    }
}

pub(super) unsafe extern "C" fn repr<T: Slots>(this: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this attached, with an object that holds a `T`.
    let (py, own, this) = unsafe { opened::<T>(this) };
    guarded(py, ptr::null_mut(), || Ok(own.repr(&this)?.into_ptr()))
}

pub(super) unsafe extern "C" fn hash<T: Slots>(this: *mut ffi::PyObject) -> ffi::Py_hash_t {
    // SAFETY: as above.
    let (py, own, this) = unsafe { opened::<T>(this) };
    guarded(py, -1, || own.hash(&this))
}

pub(super) unsafe extern "C" fn compare<T: Slots>(
    this: *mut ffi::PyObject,
    other: *mut ffi::PyObject,
    op: c_int,
) -> *mut ffi::PyObject {
    // SAFETY: as above; `other` is any object.
    let (py, own, this, other) = unsafe {
        let (py, own, this) = opened::<T>(this);
        (py, own, this, Borrowed::from_ptr(py, other))
    };
    guarded(py, ptr::null_mut(), || {
        let result = match (op, own.equals(&this, &other)?) {
            (ffi::Py_EQ, Some(equal)) => equal,
            (ffi::Py_NE, Some(equal)) => !equal,
            _ => return Ok(py.NotImplemented().into_ptr()),
        };
        Ok(PyBool::new(py, result).to_owned().into_ptr())
    })
}

pub(super) unsafe extern "C" fn attribute<T: Slots>(
    this: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: as above; `name` is a `str`.
    let (py, own, object, text) = unsafe {
        let (py, own, object) = opened::<T>(this);
        (py, own, object, Borrowed::from_ptr(py, name).cast_unchecked::<PyString>())
    };
    let found = guarded(py, None, || Ok(Some(own.attribute(&object, &text)?.map(Bound::into_ptr))));
    match found {
        Some(Some(found)) => found,
        // SAFETY: as above.
        Some(None) => unsafe { ffi::PyObject_GenericGetAttr(this, name) },
        None => ptr::null_mut(),
    }
}

/// # Safety
///
/// The thread is attached, and `this` holds a `T`.
#[inline]
unsafe fn opened<'py, 'a, T>(
    this: *mut ffi::PyObject,
) -> (Python<'py>, &'a T, Borrowed<'a, 'py, PyAny>) {
    // SAFETY: see above.
    unsafe {
        let py = Python::assume_attached();
        (py, value(this), Borrowed::from_ptr(py, this))
    }
}

/// A C function for a getter, or for a method without arguments: what it does with what an object
/// holds, and the object. The interpreter passes a null after the object.
#[macro_export]
macro_rules! raw_method {
    ($holds:ty, $null:ty, $method:expr) => {{
        unsafe extern "C" fn call(
            this: *mut pyo3::ffi::PyObject,
            _: *mut $null,
        ) -> *mut pyo3::ffi::PyObject {
            // A function, so that the closure's references may live as long as they have to.
            let method: for<'py> fn(
                &$holds,
                &pyo3::Bound<'py, pyo3::PyAny>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> = $method;
            // SAFETY: the interpreter calls this attached, with an object that holds this.
            unsafe { $crate::raw::call::<$holds>(this, method) }
        }
        call
    }};
}

/// # Safety
///
/// The thread is attached, and `this` holds a `T`.
#[inline]
pub(crate) unsafe fn call<T: 'static>(
    this: *mut ffi::PyObject,
    method: impl for<'py> FnOnce(&T, &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>,
) -> *mut ffi::PyObject {
    // SAFETY: see above.
    let (py, own, this) = unsafe { opened::<T>(this) };
    guarded(py, ptr::null_mut(), || Ok(method(own, &this)?.into_ptr()))
}
