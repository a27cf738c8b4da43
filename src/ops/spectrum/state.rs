//! [`Psd`], [`Csd`] and [`Ltsa`] as they are stored.

use serde::{Deserialize, Serialize};

use super::bands::{FilterBank, FilterBankState};
use super::ltsa::Rows;
use super::psd::Powers;
use super::real::Real;
use super::settings::Settings;
use super::sums::Sums;
use super::{Average, Csd, Detrend, Ltsa, Psd, Spectrum, Taper};
use crate::ops::state::{Bits, MAX_FRAMES, Version, check};
use crate::spec::MAX_CHANNELS;

/// The longest transform that a stored state may ask for, some 300 MB of plan: 2^23 frames, or an eighth where a length has large prime factors.
const MAX_COST: usize = 1 << 23;

/// Larger prime factors make a plan take eight times the memory, and ten times as long to make.
const SMALL_PRIMES: usize = 127;

/// What a plan costs, in frames of a length without large prime factors.
fn cost(fft_len: usize) -> usize {
    let mut rest = fft_len;
    for prime in 2..=SMALL_PRIMES {
        while rest > 1 && rest.is_multiple_of(prime) {
            rest /= prime;
        }
    }
    if rest == 1 { fft_len } else { fft_len.saturating_mul(8) }
}

/// The settings of a plan, and the type that it computes in.
#[derive(Debug, Serialize, Deserialize)]
struct PlanState {
    computes_in: String,
    len: usize,
    fft_len: usize,
    taper: TaperState,
    symmetric: bool,
    detrend: DetrendState,
    two_sided: bool,
    sample_rate: Bits,
}

#[derive(Debug, Serialize, Deserialize)]
enum TaperState {
    Boxcar,
    Hann,
    Hamming,
    Blackman,
    BlackmanHarris,
    FlatTop,
    Kaiser(Bits),
    Tukey(Bits),
    Weights(Vec<Bits>),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum DetrendState {
    None,
    Constant,
    Linear,
}

fn bits(numbers: impl IntoIterator<Item = f64>) -> Vec<Bits> {
    numbers.into_iter().map(Bits).collect()
}

fn floats(bits: &[Bits]) -> Vec<f64> {
    bits.iter().map(|bits| bits.0).collect()
}

impl PlanState {
    fn of<T: Real>(plan: &Spectrum<T>, sample_rate: f64) -> Self {
        let settings = plan.settings();
        let taper = match (&settings.custom, settings.taper) {
            (Some(weights), _) => TaperState::Weights(bits(weights.iter().copied())),
            (None, Taper::Boxcar) => TaperState::Boxcar,
            (None, Taper::Hann) => TaperState::Hann,
            (None, Taper::Hamming) => TaperState::Hamming,
            (None, Taper::Blackman) => TaperState::Blackman,
            (None, Taper::BlackmanHarris) => TaperState::BlackmanHarris,
            (None, Taper::FlatTop) => TaperState::FlatTop,
            (None, Taper::Kaiser(beta)) => TaperState::Kaiser(Bits(beta)),
            (None, Taper::Tukey(share)) => TaperState::Tukey(Bits(share)),
        };
        let detrend = match settings.detrend {
            Detrend::None => DetrendState::None,
            Detrend::Constant => DetrendState::Constant,
            Detrend::Linear => DetrendState::Linear,
        };
        PlanState {
            computes_in: T::TYPE.to_string(),
            len: settings.len,
            fft_len: settings.fft_len,
            taper,
            symmetric: settings.symmetric,
            detrend,
            two_sided: settings.two_sided,
            sample_rate: Bits(sample_rate),
        }
    }

    fn restore<T: Real>(self) -> Result<(Spectrum<T>, f64), String> {
        let name = T::TYPE.to_string();
        check(self.computes_in == name, format_args!("it is of spectra in {}, not in {name}", self.computes_in))?;
        let (len, fft_len, sample_rate) = (self.len, self.fft_len, self.sample_rate.0);
        check(len >= 1 && fft_len >= len, format_args!("windows of {len} frames have no transform of {fft_len}"))?;
        check(cost(fft_len) <= MAX_COST, format_args!("a transform of {fft_len} frames is too long"))?;
        check(sample_rate > 0.0 && sample_rate.is_finite(), format_args!("its sample rate is {sample_rate} Hz"))?;
        let mut settings = Settings::new(len);
        match self.taper {
            TaperState::Boxcar => settings.taper = Taper::Boxcar,
            TaperState::Hann => settings.taper = Taper::Hann,
            TaperState::Hamming => settings.taper = Taper::Hamming,
            TaperState::Blackman => settings.taper = Taper::Blackman,
            TaperState::BlackmanHarris => settings.taper = Taper::BlackmanHarris,
            TaperState::FlatTop => settings.taper = Taper::FlatTop,
            TaperState::Kaiser(beta) => settings.taper = Taper::Kaiser(number(beta)?),
            TaperState::Tukey(share) => settings.taper = Taper::Tukey(number(share)?),
            TaperState::Weights(weights) => {
                check(weights.len() == len, "it has not as many weights as a window has frames")?;
                settings.custom = Some(weights.into_iter().map(number).collect::<Result<_, _>>()?);
            }
        }
        (settings.fft_len, settings.symmetric, settings.two_sided) = (fft_len, self.symmetric, self.two_sided);
        settings.detrend = match self.detrend {
            DetrendState::None => Detrend::None,
            DetrendState::Constant => Detrend::Constant,
            DetrendState::Linear => Detrend::Linear,
        };
        Ok((Spectrum::with_settings(settings), sample_rate))
    }
}

/// A setting; with a NaN, which equals nothing, a plan could not be merged with its own copy.
fn number(bits: Bits) -> Result<f64, String> {
    check(!bits.0.is_nan(), "its taper is not a number")?;
    Ok(bits.0)
}

/// Whether squares can be this large; NaN and infinity are those of samples that are.
fn is_power(number: f64) -> bool {
    number >= 0.0 || number.is_nan()
}

/// The sums of many cells.
type Pairs = Vec<[Bits; 2]>;

fn pairs(sums: &Sums) -> Pairs {
    sums.parts().map(|(high, low)| [Bits(high), Bits(low)]).collect()
}

/// Restores sums of so many cells, the first `powers` of which are of squares.
fn sums(pairs: &Pairs, [cells, powers]: [usize; 2], windows: u64) -> Result<Sums, String> {
    check(pairs.len() == cells, format_args!("it has {} sums where {cells} are due", pairs.len()))?;
    check(pairs.iter().take(powers).all(is_sum_of_powers), "it has a sum of squares that no squares have")?;
    check(pairs.iter().all(is_sum), "it has a sum whose rest is not finite")?;
    let empty = |[high, low]: &[Bits; 2]| high.0 == 0.0 && low.0 == 0.0;
    check(windows > 0 || pairs.iter().all(empty), "it has sums of 0 windows")?;
    Ok(Sums::from_parts(pairs.iter().map(|[high, low]| (high.0, low.0))))
}

/// Whether the rest, what rounding took from the sum, is a number; of a sum that is not finite it is of no use.
fn is_sum([high, low]: &[Bits; 2]) -> bool {
    !high.0.is_finite() || low.0.is_finite()
}

/// Whether a sum can be of squares: rounding takes less than 2^−53 of it at each of up to 2^48 windows, and so never all of it.
fn is_sum_of_powers([high, low]: &[Bits; 2]) -> bool {
    is_power(high.0) && (!high.0.is_finite() || low.0.abs() <= high.0)
}

/// The cells of so many channels.
fn cells(bins: usize, channels: Option<usize>) -> Result<usize, String> {
    let channels = channels.unwrap_or(0);
    check(channels <= MAX_CHANNELS, format_args!("{channels} channels are too many"))?;
    Ok(bins * channels)
}

fn check_windows(windows: u64) -> Result<(), String> {
    check(windows <= MAX_FRAMES, format_args!("{windows} windows are too many"))
}

/// Version 1.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PsdState {
    version: Version,
    plan: PlanState,
    windows: u64,
    channels: Option<usize>,
    powers: PowersState,
}

#[derive(Debug, Serialize, Deserialize)]
enum PowersState {
    Sums(Pairs),
    All(Vec<Bits>),
}

impl<T: Real> From<Psd<T>> for PsdState {
    fn from(psd: Psd<T>) -> Self {
        let powers = match &psd.powers {
            Powers::Sums(sums) => PowersState::Sums(pairs(sums)),
            Powers::All(all) => PowersState::All(bits(all.iter().copied())),
        };
        let plan = PlanState::of(&psd.plan, psd.sample_rate);
        PsdState { version: Version, plan, windows: psd.windows, channels: psd.channels, powers }
    }
}

impl<T: Real> TryFrom<PsdState> for Psd<T> {
    type Error = String;

    fn try_from(state: PsdState) -> Result<Self, String> {
        let (plan, sample_rate) = state.plan.restore()?;
        let cells = cells(plan.bins(), state.channels)?;
        check_windows(state.windows)?;
        check(state.windows == 0 || state.channels.is_some(), "it has windows without channels")?;
        let mut psd = Psd::new(plan, sample_rate);
        psd.powers = match state.powers {
            PowersState::Sums(pairs) if state.windows == 0 && pairs.is_empty() => Powers::Sums(Sums::default()),
            PowersState::Sums(pairs) => Powers::Sums(sums(&pairs, [cells, cells], state.windows)?),
            PowersState::All(all) => {
                let due = usize::try_from(state.windows).ok().and_then(|windows| windows.checked_mul(cells));
                check(due == Some(all.len()), "it has not as many powers as windows, channels and bins")?;
                check(all.iter().all(|power| is_power(power.0)), "it has a negative power")?;
                psd = psd.average(Average::Median);
                Powers::All(floats(&all))
            }
        };
        (psd.windows, psd.channels) = (state.windows, state.channels);
        Ok(psd)
    }
}

/// Version 1.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CsdState {
    version: Version,
    plan: PlanState,
    channels: [usize; 2],
    windows: u64,
    sums: Pairs,
}

impl<T: Real> From<Csd<T>> for CsdState {
    fn from(csd: Csd<T>) -> Self {
        let plan = PlanState::of(&csd.plan, csd.sample_rate);
        CsdState { version: Version, plan, channels: csd.channels, windows: csd.windows, sums: pairs(&csd.sums) }
    }
}

impl<T: Real> TryFrom<CsdState> for Csd<T> {
    type Error = String;

    fn try_from(state: CsdState) -> Result<Self, String> {
        let (plan, sample_rate) = state.plan.restore()?;
        check_windows(state.windows)?;
        let bins = plan.bins();
        let sums = sums(&state.sums, [4 * bins, 2 * bins], state.windows)?;
        let mut csd = Csd::new(plan, sample_rate, state.channels);
        (csd.windows, csd.sums) = (state.windows, sums);
        Ok(csd)
    }
}

/// Version 1.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LtsaState {
    version: Version,
    plan: PlanState,
    row_frames: u64,
    hop: usize,
    bands: Option<FilterBankState>,
    channels: Option<usize>,
    /// Number, windows and numbers of each row, channels × bins.
    rows: Vec<(u64, u64, Vec<Bits>)>,
}

impl<T: Real> From<Ltsa<T>> for LtsaState {
    fn from(mut ltsa: Ltsa<T>) -> Self {
        ltsa.end();
        let count = ltsa.rows.numbers.len() / ltsa.rows.heads.len().max(1);
        let heads = ltsa.rows.heads.iter().zip(ltsa.rows.numbers.chunks(count.max(1)));
        LtsaState {
            version: Version,
            plan: PlanState::of(&ltsa.plan, ltsa.sample_rate),
            row_frames: ltsa.row_frames,
            hop: ltsa.hop,
            bands: ltsa.bank.as_ref().map(FilterBankState::from),
            channels: ltsa.channels,
            rows: heads.map(|(&(index, windows), numbers)| (index, windows, bits(numbers.iter().copied()))).collect(),
        }
    }
}

impl<T: Real> TryFrom<LtsaState> for Ltsa<T> {
    type Error = String;

    fn try_from(state: LtsaState) -> Result<Self, String> {
        let (plan, sample_rate) = state.plan.restore()?;
        let (len, row_frames, hop) = (plan.window_len() as u64, state.row_frames, state.hop);
        check((len..=MAX_FRAMES).contains(&row_frames), format_args!("rows of {row_frames} frames have no windows"))?;
        check(hop >= 1, "its windows have a hop of 0")?;
        let bins = plan.bins();
        let mut ltsa = Ltsa::new(plan, sample_rate, row_frames).hop(hop);
        let (mut row_bins, mut signed) = (bins, false);
        if let Some(bands) = state.bands {
            let bank = FilterBank::try_from(bands)?;
            check(bank.bins() == bins, "its bands are for other bins")?;
            (row_bins, signed) = (bank.bands(), bank.has_negative_weights());
            ltsa = ltsa.bands(bank);
        }
        let cells = cells(row_bins, state.channels)?;
        check(
            state.rows.is_empty() || state.channels.is_some_and(|channels| channels > 0),
            "it has rows of no channels",
        )?;
        check(state.rows.is_sorted_by(|a, b| a.0 < b.0), "its rows are not in order")?;
        let last = state.rows.last().map_or(0, |row| row.0);
        check(last <= MAX_FRAMES / row_frames, format_args!("row {last} is too late"))?;
        let most = ltsa.windows_per_row();
        let mut rows = Rows::default();
        for (index, windows, numbers) in &state.rows {
            check((1..=most).contains(windows), format_args!("row {index} is the mean of {windows} windows"))?;
            check(numbers.len() == cells, format_args!("row {index} has {} numbers, not {cells}", numbers.len()))?;
            let possible = signed || numbers.iter().all(|number| is_power(number.0));
            check(possible, format_args!("row {index} has a negative density"))?;
            rows.heads.push((*index, *windows));
            rows.numbers.extend(floats(numbers));
        }
        Ok(ltsa.restored(state.channels, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_windows_cost_little_enough() {
        for len in [1, 441, 44_100, 96_000, 1_000_003, 960_000, 4_410_000, 1 << 22, 1 << 23] {
            assert!(cost(len) <= MAX_COST, "{len}");
        }
        for len in [(1 << 22) - 3, 1021 * 4093, (1 << 23) + 1, usize::MAX] {
            assert!(cost(len) > MAX_COST, "{len}");
        }
    }
}
