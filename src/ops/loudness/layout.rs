//! Which channel stands where, since loudness counts those at the sides more and the LFE not at all.

use ebur128::Channel;

use crate::spec::Spec;

/// The loudspeakers of `dwChannelMask`, from bit 0 on. Source: Microsoft, `WAVEFORMATEXTENSIBLE`; positions: ITU-R BS.2051.
const SPEAKERS: [Channel; 18] = [
    Channel::Left,
    Channel::Right,
    Channel::Center,
    Channel::Unused, // low frequency effects
    Channel::Mp135,  // back left
    Channel::Mm135,  // back right
    Channel::MpSC,   // front left of center
    Channel::MmSC,   // front right of center
    Channel::Mp180,  // back center
    Channel::Mp090,  // side left
    Channel::Mm090,  // side right
    Channel::Tp000,  // top center
    Channel::Up030,  // top front left
    Channel::Up000,  // top front center
    Channel::Um030,  // top front right
    Channel::Up135,  // top back left
    Channel::Up180,  // top back center
    Channel::Um135,  // top back right
];

const BACK_LEFT: u32 = 1 << 4;
const BACK_RIGHT: u32 = 1 << 5;
const SIDES: u32 = 0x600;

/// The masks that are meant where a file of so many channels has none: stereo, 3.0, quadraphonic, 5.0, 5.1, 7.1.
const USUAL: [(usize, u32); 7] = [(1, 0x4), (2, 0x3), (3, 0x7), (4, 0x33), (5, 0x37), (6, 0x3F), (8, 0x63F)];

/// The position of each channel.
pub(super) fn channel_map(spec: &Spec) -> Vec<Channel> {
    let channels = spec.channels();
    let usual = USUAL.iter().find(|(count, _)| *count == channels).map(|&(_, mask)| mask);
    let mask = spec.channel_mask().or(usual).unwrap_or(0);
    let named = (0..SPEAKERS.len()).filter(|bit| mask & (1 << bit) != 0).map(|bit| match 1 << bit {
        // With no loudspeakers at the sides, those at the back are the surround channels, as in the usual 5.1.
        BACK_LEFT if mask & SIDES == 0 => Channel::LeftSurround,
        BACK_RIGHT if mask & SIDES == 0 => Channel::RightSurround,
        _ => SPEAKERS[bit],
    });
    // A channel that nobody names counts as one in front.
    named.chain(std::iter::repeat(Channel::Center)).take(channels).collect()
}
