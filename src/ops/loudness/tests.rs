use super::layout::channel_map;
use super::{Loudness, of_source};
use crate::error::ErrorKind;
use crate::spec::{Encoding, Spec};
use crate::stream::ArraySource;
use allocation_counter::measure;
use ebur128::Channel::{self, Center, Left, LeftSurround, Mm090, Mm135, Mp090, Mp135, Right, RightSurround, Unused};
use ndarray::Array2;

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

/// 44 bytes of header can claim as much: 4.3 GB of meter.
#[test]
fn rates_and_channels_that_take_too_much_are_refused_before_anything_is_allocated() {
    for (channels, sample_rate) in [(64, 2_822_400), (64, 192_001), (5, 2_822_400)] {
        let spec = Spec::new(sample_rate, channels, Encoding::I16);
        let memory = measure(|| {
            let error = Loudness::new(&spec).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error:?}");
        });
        assert!(memory.bytes_max < 4096, "{} bytes", memory.bytes_max);
    }
}

#[test]
fn rates_and_channels_in_use_can_be_measured() {
    for (channels, sample_rate) in [(64, 48_000), (64, 192_000), (8, 768_000), (4, 2_822_400)] {
        assert!(Loudness::new(&Spec::new(sample_rate, channels, Encoding::I16)).is_ok(), "{channels} {sample_rate}");
    }
}

#[test]
fn a_meter_without_frames_takes_no_memory_for_them() {
    let memory = measure(|| {
        let mut empty = of_source(&mut ArraySource::new(Array2::<i16>::zeros((0, 64)), 192_000)).unwrap();
        empty.add(&Array2::<f32>::zeros((0, 64)));
        let levels = [empty.integrated(), empty.momentary(), empty.short_term(), empty.range()];
        assert_eq!(levels, [f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0]);
        assert_eq!((empty.true_peak(), empty.sample_peak()), (ndarray::Array1::zeros(64), ndarray::Array1::zeros(64)));
    });
    // A block to read into.
    assert!(memory.bytes_max < 16 << 20, "{} bytes", memory.bytes_max);
}

#[test]
fn a_meter_without_frames_merges_and_is_merged() {
    let of = |samples: &Array2<f64>| of_source(&mut ArraySource::new(samples.clone(), 8_000)).unwrap();
    let loud = Array2::from_shape_fn((8_000, 1), |(frame, _)| 0.5 * (0.8 * frame as f64).sin());
    let (mut first, mut second) = (of(&Array2::zeros((0, 1))), of(&loud));
    let alone = second.integrated();
    first.merge(of(&loud));
    second.merge(of(&Array2::zeros((0, 1))));
    assert!(alone > -20.0);
    assert_eq!([first.integrated(), second.integrated()], [alone; 2]);
    assert_eq!((first.frames(), first.short_term()), (0, f64::NEG_INFINITY));
    // Frames may follow a merge.
    first.add(&loud);
    assert!((first.integrated() - alone).abs() < 1e-9 && first.short_term() > -20.0);
}
