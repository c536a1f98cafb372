//! JSON: reads what is asked for and checks the rest, and edits objects without reading their
//! values.

mod compact;
mod nesting;
mod object;
mod reader;
mod scalars;
mod scan;
mod text;
mod tokens;
mod value;

pub use compact::compact;
pub use nesting::Open;
pub use object::{Object, quoted, write_string};
pub(crate) use reader::string_at;
pub use reader::{Invalid, Reader};
pub(crate) use scan::plain;
pub use scan::trim;
pub use text::{Str, mend, unescape};
pub use tokens::{Token, tokens};
pub use value::Value;
