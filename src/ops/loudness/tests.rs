use super::layout::channel_map;
use crate::spec::{Encoding, Spec};
use ebur128::Channel::{self, Center, Left, LeftSurround, Mm090, Mm135, Mp090, Mp135, Right, RightSurround, Unused};

#[test]
fn masks_say_where_channels_stand() {
    let spec = |channels| Spec::new(48_000, channels, Encoding::I16);
    let map = |channels, mask: u32| channel_map(&spec(channels).with_channel_mask(mask));
    assert_eq!(map(2, 0x3), [Left, Right]);
    assert_eq!(map(6, 0x3F), [Left, Right, Center, Unused, LeftSurround, RightSurround]);
    // 5.1 with the surround channels at the sides.
    assert_eq!(map(6, 0x60F), [Left, Right, Center, Unused, Mp090, Mm090]);
    assert_eq!(map(8, 0x63F), [Left, Right, Center, Unused, Mp135, Mm135, Mp090, Mm090]);
    assert_eq!(map(1, 0x8), [Unused]);
    // More channels than bits, and fewer.
    assert_eq!(map(3, 0x3), [Left, Right, Center]);
    assert_eq!(map(1, 0x3), [Left]);

    assert_eq!(channel_map(&spec(1)), [Center]);
    assert_eq!(channel_map(&spec(6)), map(6, 0x3F));
    assert_eq!(channel_map(&spec(8)), map(8, 0x63F));
    assert_eq!(channel_map(&spec(7)), [Center; 7]);
    assert_eq!(channel_map(&spec(24)), vec![Channel::Center; 24]);
}
