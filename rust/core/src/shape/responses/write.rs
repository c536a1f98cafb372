//! stub
use crate::write::Said;
use crate::write::bytes::Dropped;
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    pub(crate) dropped: Dropped,
}
impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }
    pub(crate) fn write(&mut self, _: &Said<'_>, _: &mut Vec<u8>) {}
}
