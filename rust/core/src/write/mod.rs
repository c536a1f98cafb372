//! Deltas to bytes: an answer written as a stream of one shape.

mod said;

pub use said::{Finish, Page, Said, Usage};

use std::collections::BTreeMap;
use crate::shape::Shape;

/// Stand-in.
#[derive(Clone, Debug)]
pub struct Writer(BTreeMap<&'static str, u64>);
impl Writer {
    /// x
    pub fn new(_: Shape) -> Self { Self(BTreeMap::new()) }
    /// x
    pub fn write(&mut self, _: &Said<'_>, _: &mut Vec<u8>) {}
    /// x
    pub fn dropped(&self) -> &BTreeMap<&'static str, u64> { &self.0 }
}
