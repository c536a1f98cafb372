//! What objects of a payload have for whoever wants them whole, in the SDKs' words: `to_dict`,
//! `to_json`, `model_dump`, `model_dump_json`.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::json;

/// An object that has JSON.
pub(crate) trait Dump {
    /// Its bytes, as they came.
    fn json<'a>(&'a self, this: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]>;

    /// The names of its members.
    fn names(&self, this: &Bound<'_, PyAny>) -> PyResult<Vec<String>>;
}

/// How many bytes of JSON a `repr` shows.
const SHOWN: usize = 200;

/// The beginning of a JSON text.
pub(crate) fn shortened(json: &[u8]) -> String {
    if json.len() <= SHOWN {
        return String::from_utf8_lossy(json).into_owned();
    }
    // A character that is cut in two is left out.
    let shown = String::from_utf8_lossy(&json[..SHOWN]).into_owned();
    format!("{}…", shown.trim_end_matches(char::REPLACEMENT_CHARACTER))
}

/// Whether a name is one that no member of a payload takes the place of.
pub(crate) fn is_method(name: &str) -> bool {
    name.starts_with("__")
        || matches!(name, "json" | "to_dict" | "to_json" | "model_dump" | "model_dump_json")
}

/// What people pass to pydantic's methods. What changes nothing here is taken and not looked at.
struct Options<'py> {
    exclude_none: bool,
    indent: Option<Bound<'py, PyAny>>,
}

impl<'py> Options<'py> {
    fn of(args: &Bound<'py, PyTuple>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        if !args.is_empty() {
            return Err(PyTypeError::new_err("this method takes keyword arguments only"));
        }
        let mut options = Self { exclude_none: false, indent: None };
        for (name, value) in kwargs.into_iter().flatten() {
            match name.cast::<PyString>()?.to_str()? {
                "exclude_none" => options.exclude_none = value.is_truthy()?,
                "indent" => options.indent = (!value.is_none()).then_some(value),
                "mode" | "by_alias" | "use_api_names" | "exclude_unset" | "exclude_defaults"
                | "round_trip" | "warnings" | "serialize_as_any" => {}
                other => {
                    let message = format!("unexpected keyword argument {other:?}");
                    return Err(PyTypeError::new_err(message));
                }
            }
        }
        Ok(options)
    }
}

/// `to_dict` and `model_dump`.
pub(crate) fn to_dict<'py>(
    own: &impl Dump,
    this: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::of(args, kwargs)?;
    let value = json::parse(this.py(), own.json(this)?)?;
    if options.exclude_none {
        without_none(&value)?;
    }
    Ok(value)
}

/// `to_json` and `model_dump_json`.
pub(crate) fn to_json<'py>(
    own: &impl Dump,
    this: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, options) = (this.py(), Options::of(args, kwargs)?);
    if !options.exclude_none && options.indent.is_none() {
        return Ok(crate::raw::text(py, own.json(this)?)?.into_any());
    }
    let value = json::parse(py, own.json(this)?)?;
    if options.exclude_none {
        without_none(&value)?;
    }
    let how = PyDict::new(py);
    how.set_item("ensure_ascii", false)?;
    how.set_item("indent", &options.indent)?;
    if options.indent.is_none() {
        how.set_item("separators", (",", ":"))?;
    }
    py.import("json")?.call_method("dumps", (value,), Some(&how))
}

/// Takes the members out that are `None`, on all levels. What a server sends may have more levels
/// than the stack has room for.
fn without_none(value: &Bound<'_, PyAny>) -> PyResult<()> {
    let mut rest = vec![value.clone()];
    while let Some(value) = rest.pop() {
        if let Ok(dict) = value.cast::<PyDict>() {
            for (name, member) in dict.copy()? {
                if member.is_none() {
                    dict.del_item(name)?;
                } else {
                    rest.push(member);
                }
            }
        } else if let Ok(list) = value.cast::<PyList>() {
            rest.extend(list);
        }
    }
    Ok(())
}

/// `dir(object)`: what any object has, and its members.
pub(crate) fn dir<'py>(own: &impl Dump, this: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let class = this.get_type();
    let names = class.py().import("builtins")?.call_method1("dir", (class,))?;
    for name in own.names(this)? {
        if !names.contains(&name)? {
            names.call_method1("append", (name,))?;
        }
    }
    Ok(names)
}

/// The methods, for a type that holds this.
macro_rules! members {
    ($holds:ty) => {{
        use $crate::raw::Member;
        use $crate::{docs, dump, raw_function, raw_method};
        vec![
            Member::Function(c"to_dict", docs::TO_DICT, raw_function!($holds, to_dict)),
            Member::Function(c"to_json", docs::TO_JSON, raw_function!($holds, to_json)),
            Member::Function(c"model_dump", docs::MODEL_DUMP, raw_function!($holds, to_dict)),
            Member::Function(
                c"model_dump_json",
                docs::MODEL_DUMP_JSON,
                raw_function!($holds, to_json),
            ),
            // What cannot change is its own copy.
            Member::Method(
                c"__copy__",
                c"",
                raw_method!($holds, pyo3::ffi::PyObject, |_, this| Ok(this.clone())),
            ),
            Member::Function(c"__deepcopy__", c"", raw_function!($holds, deepcopy)),
            Member::Method(
                c"__dir__",
                c"",
                raw_method!($holds, pyo3::ffi::PyObject, |own, this| dump::dir(own, this)),
            ),
        ]
    }};
}
pub(crate) use members;
