//! Strings, and objects that are made when they are first asked for.

use std::ffi::CStr;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// Whether `object` lets its bytes be read.
pub(crate) fn is_buffer(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the thread is attached and the object alive.
    unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) == 1 }
}

/// UTF-8 as `str`, with U+FFFD for what is not UTF-8: as many as the standard's decoder makes, for
/// both replace the longest beginning of a character at once.
#[inline]
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

/// A string that is always the same object, and interned, as names in code are.
pub(crate) struct Constant(&'static CStr, AtomicPtr<ffi::PyObject>);

impl Constant {
    pub(crate) const fn new(text: &'static CStr) -> Self {
        Self(text, AtomicPtr::new(ptr::null_mut()))
    }

    /// The string.
    #[inline]
    pub(crate) fn get<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let mut text = self.1.load(Ordering::Relaxed);
        if text.is_null() {
            // SAFETY: a text that ends in NUL. The reference is kept for ever; one that another
            // thread has made meanwhile is the same object.
            text = unsafe { ffi::PyUnicode_InternFromString(self.0.as_ptr()) };
            if text.is_null() {
                return Err(PyErr::fetch(py));
            }
            self.1.store(text, Ordering::Relaxed);
        }
        // SAFETY: it is a `str` that lives for ever.
        Ok(unsafe { Bound::from_borrowed_ptr(py, text).cast_into_unchecked() })
    }

    /// Whether `name` is this very object. (One that is equal may not be.)
    #[inline]
    pub(crate) fn is(&self, name: &Bound<'_, PyString>) -> bool {
        ptr::eq(name.as_ptr(), self.1.load(Ordering::Relaxed))
    }
}
