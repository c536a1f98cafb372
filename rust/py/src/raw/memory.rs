//! The memory of objects made by hand: a header and a value.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// What an object made by hand holds. It is not tracked by the garbage collector, so it may hold
/// only `bytes`, `str` and objects like itself, which are never part of a cycle.
pub(crate) trait Raw: Sized + 'static {
    /// The memory of objects that are gone. One list for all types that hold this.
    fn free() -> &'static FreeList;

    /// Lets go of what is Python's, at once. (`Py` would put it off, as PyO3 does not know that it
    /// was called.)
    fn release(self, py: Python<'_>);
}

#[repr(C)]
struct Object<T> {
    header: ffi::PyObject,
    value: T,
}

pub(crate) const HEADER: usize = size_of::<ffi::PyObject>();

/// The size of an object that holds a `T`.
pub(crate) const fn size<T>() -> usize {
    size_of::<Object<T>>()
}

/// A type whose objects hold a `T`.
pub(crate) struct Type<T>(AtomicPtr<ffi::PyTypeObject>, PhantomData<fn() -> T>);

impl<T: Raw> Type<T> {
    /// A type that is still to be made.
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()), PhantomData)
    }

    /// Whether the type was made.
    pub(crate) fn is_made(&self) -> bool {
        !self.0.load(Ordering::Relaxed).is_null()
    }

    /// # Safety
    ///
    /// The objects of `class` hold a `T`.
    pub(super) unsafe fn made(&self, class: Bound<'_, PyType>) {
        self.0.store(class.into_ptr().cast(), Ordering::Relaxed);
    }

    /// The Python type.
    pub(crate) fn class<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyType>> {
        // SAFETY: the type was made before there was anyone to call this, and lives for ever.
        let class = unsafe { Bound::from_borrowed_ptr(py, self.0.load(Ordering::Relaxed).cast()) };
        Ok(class.cast_into()?)
    }

    /// A new object.
    #[inline]
    pub(crate) fn object<'py>(&self, py: Python<'py>, value: T) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: the type is one whose size is that of `Object<T>`, kept alive for ever. Without
        // it there is nobody to call this. `PyObject_New` returns null or memory of that size with
        // the header filled in, which is also what the free list has once `PyObject_Init` was
        // there; the value is written before anyone sees it.
        unsafe {
            let class = self.0.load(Ordering::Relaxed);
            let object: *mut ffi::PyObject = match T::free().pop() {
                Some(memory) => ffi::PyObject_Init(memory, class),
                None => ffi::PyObject_New(class),
            };
            if object.is_null() {
                value.release(py);
                return Err(PyErr::fetch(py));
            }
            ptr::write(&raw mut (*object.cast::<Object<T>>()).value, value);
            Ok(Bound::from_owned_ptr(py, object))
        }
    }

    /// What `object` holds, if it is of this type; the types cannot be subclassed.
    #[inline]
    pub(crate) fn get<'a>(&self, object: &'a Bound<'_, PyAny>) -> Option<&'a T> {
        let ours = ptr::eq(object.get_type_ptr(), self.0.load(Ordering::Relaxed));
        // SAFETY: it is of our type.
        ours.then(|| unsafe { value(object.as_ptr()) })
    }
}

/// # Safety
///
/// `this` is an object that holds a `T`, alive for `'a`.
#[inline]
pub(crate) unsafe fn value<'a, T>(this: *mut ffi::PyObject) -> &'a T {
    // SAFETY: `Type::object` wrote it, and nothing changes it but `dealloc`.
    unsafe { &(*this.cast::<Object<T>>()).value }
}

/// `tp_dealloc` of a type whose objects hold a `T`.
pub(super) unsafe extern "C" fn dealloc<T: Raw>(this: *mut ffi::PyObject) {
    // SAFETY: the interpreter calls this attached, once, when there is no reference left. The
    // value is taken out, the memory given back to where `Type::object` got it, and with it the
    // reference that every object has to its heap type.
    unsafe {
        let py = Python::assume_attached();
        let class = ffi::Py_TYPE(this);
        ptr::read(&raw const (*this.cast::<Object<T>>()).value).release(py);
        if !T::free().push(this) {
            ffi::PyObject_Free(this.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

/// The memory of objects that are gone, for those that come: a read makes as many as the loop over
/// the one before let go of. Only where the GIL lets one thread at a time in.
pub(crate) struct FreeList(UnsafeCell<([*mut ffi::PyObject; FREE], usize)>);

const FREE: usize = if cfg!(Py_GIL_DISABLED) { 0 } else { 256 };

// SAFETY: both methods may be called only by the thread that has the GIL, and let no other have it
// meanwhile; without a GIL the list is empty and stays so.
unsafe impl Sync for FreeList {}

impl FreeList {
    pub(crate) const fn new() -> Self {
        Self(UnsafeCell::new(([ptr::null_mut(); FREE], 0)))
    }

    /// # Safety
    ///
    /// The thread is attached.
    #[inline]
    unsafe fn pop(&self) -> Option<*mut ffi::PyObject> {
        // SAFETY: see `impl Sync`.
        let (objects, n) = unsafe { &mut *self.0.get() };
        *n = n.checked_sub(1)?;
        Some(objects[*n])
    }

    /// # Safety
    ///
    /// The thread is attached, and the memory nobody's.
    #[inline]
    unsafe fn push(&self, memory: *mut ffi::PyObject) -> bool {
        // SAFETY: see `impl Sync`.
        let (objects, n) = unsafe { &mut *self.0.get() };
        let Some(place) = objects.get_mut(*n) else {
            return false;
        };
        (*place, *n) = (memory, *n + 1);
        true
    }
}
