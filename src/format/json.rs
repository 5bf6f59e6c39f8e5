//! stub
use super::{Cause, Each, Input, Warnings};
pub(super) fn read(_input: Input<'_>, _each: &mut Each<'_>) -> Result<Warnings, Cause> {
    Err(Cause("x".into()))
}
