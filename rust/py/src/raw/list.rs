//! Lists of objects that are there already.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyList;

/// A list of one object.
#[inline]
pub(crate) fn list_of_one(object: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyList>> {
    // SAFETY: `PyList_New` returns null or a list with room for one, which nobody else has seen.
    // Its place is set once, to an object whose reference goes over to the list.
    unsafe {
        let list = Bound::from_owned_ptr_or_err(object.py(), ffi::PyList_New(1))?;
        ffi::PyList_SET_ITEM(list.as_ptr(), 0, object.into_ptr());
        Ok(list.cast_into_unchecked())
    }
}

/// The objects as a list, which is all there is left of them; without memory they stay.
#[inline]
pub(crate) fn list<'py>(
    py: Python<'py>,
    objects: &mut Vec<Py<PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    // SAFETY: `PyList_New` returns null or a list with room for so many, which nobody else has
    // seen. Each place is set once, to an object whose reference goes over to the list.
    unsafe {
        let list = ffi::PyList_New(objects.len().cast_signed());
        let list = Bound::from_owned_ptr_or_err(py, list)?;
        for (place, object) in (0..).zip(objects.drain(..)) {
            ffi::PyList_SET_ITEM(list.as_ptr(), place, object.into_ptr());
        }
        Ok(list.cast_into_unchecked())
    }
}
