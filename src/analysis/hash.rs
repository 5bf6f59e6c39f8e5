//! Hashes that stay what they are: they are kept in the index.

/// Returns the hash of some bytes and of what a number stands for. Zeros at the end do not count.
pub(crate) fn hash(begun: u64, bytes: &[u8]) -> u64 {
    let (eights, rest) = bytes.as_chunks();
    let hash = eights.iter().fold(begun, |hash, eight| mix(hash ^ u64::from_le_bytes(*eight)));
    if rest.is_empty() { hash } else { mix(hash ^ short(rest)) }
}

/// Returns fewer than eight bytes as a number.
pub(super) fn short(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Spreads what differs in a number over all its bits: the finalizer of SplitMix64 (Steele, Lea and
/// Flood 2014, <https://doi.org/10.1145/2660193.2660195>).
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
