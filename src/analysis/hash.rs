//! Hashes that stay what they are: they are kept in the index.

/// Returns the hash of some bytes and of what a number stands for. Zeros at the end do not count.
pub(crate) fn hash(begun: u64, bytes: &[u8]) -> u64 {
    let (eights, rest) = bytes.as_chunks();
    let hash = eights.iter().fold(begun, |hash, eight| mix(hash ^ u64::from_le_bytes(*eight)));
    if rest.is_empty() { hash } else { mix(hash ^ short(rest)) }
}

/// Returns fewer than eight bytes as a number.
pub(super) fn short(bytes: &[u8]) -> u64 {
    let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        return bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    };
    // Where some of the last four bytes are of the first, they are the same bits.
    u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4))
}

/// Spreads what differs in a number over all its bits: the finalizer of SplitMix64 (Steele, Lea and
/// Flood 2014, <https://doi.org/10.1145/2660193.2660195>).
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_eight_bytes_are_a_number() {
        let bytes = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0xF7];
        for length in 0..=bytes.len() {
            let mut eight = [0; 8];
            eight[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(short(&bytes[..length]), u64::from_le_bytes(eight));
        }
    }
}
