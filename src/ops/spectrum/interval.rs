//! How far estimates of densities are spread.

use super::settings::squares;

/// The degrees of freedom of the mean of densities of so many windows, `hop` frames apart.
///
/// Source: P. D. Welch (1967), equation 17.
#[expect(clippy::cast_precision_loss, reason = "2^53 windows are not reached")]
pub(super) fn degrees_of_freedom(taper: &[f64], hop: usize, windows: u64) -> f64 {
    let (energy, count) = (squares(taper), windows as f64);
    let mut spread = 1.0;
    for (step, shift) in (hop..taper.len()).step_by(hop).enumerate() {
        let apart = (step + 1) as f64;
        if apart >= count {
            break;
        }
        let overlap: f64 = taper.iter().zip(&taper[shift..]).map(|(a, b)| a * b).sum();
        spread += 2.0 * (1.0 - apart / count) * (overlap / energy).powi(2);
    }
    2.0 * count / spread
}

/// The number below which a χ² variable of so many degrees of freedom lies with this probability, `scipy.stats.chi2.ppf`.
///
/// Wilson and Hilferty's approximation, bettered by bisection of [`gamma_p`].
pub(super) fn chi_square_quantile(probability: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, freedom + 1.0);
    while gamma_p(freedom / 2.0, high / 2.0) < probability {
        high *= 2.0;
    }
    // Halves the interval until no float is between its ends.
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if gamma_p(freedom / 2.0, middle / 2.0) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The regularized lower incomplete gamma function P(a, x).
///
/// Source: W. H. Press et al., "Numerical Recipes", 6.2: the series below a + 1 and the continued fraction (modified Lentz) above.
fn gamma_p(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * f64::EPSILON {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return front * sum;
    }
    let tiny = f64::MIN_POSITIVE / f64::EPSILON;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
    let (mut fraction, mut n) = (d, 0.0);
    loop {
        n += 1.0;
        let factor = -n * (n - a);
        b += 2.0;
        d = 1.0 / keep_off_zero(factor * d + b, tiny);
        c = keep_off_zero(b + factor / c, tiny);
        fraction *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            return 1.0 - front * fraction;
        }
    }
}

fn keep_off_zero(number: f64, tiny: f64) -> f64 {
    if number.abs() < tiny { tiny } else { number }
}

/// ln Γ(x) for x > 0: Stirling's series, after as many steps upwards as it needs.
///
/// Source: Abramowitz and Stegun, 6.1.41.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut steps) = (x, 1.0);
    while x < 16.0 {
        steps *= x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0
        - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse * (1.0 / 1680.0 - inverse / 1188.0))))
        / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - steps.ln()
}

#[cfg(test)]
mod tests {
    use super::{chi_square_quantile, degrees_of_freedom, ln_gamma};

    /// `scipy.stats.chi2.ppf(probability, freedom)`.
    #[test]
    fn quantiles_are_those_of_scipy() {
        for (probability, freedom, expected) in [
            (0.025, 2.0, 0.050_635_615_968_579_75),
            (0.975, 2.0, 7.377_758_908_227_871),
            (0.025, 20.0, 9.590_777_392_264_867),
            (0.975, 20.0, 34.169_606_902_838_33),
            (0.05, 1234.5, 1_153.921_536_827_955),
            (0.995, 5.25, 17.206_539_083_125_325),
        ] {
            let quantile = chi_square_quantile(probability, freedom);
            assert!((quantile / expected - 1.0).abs() < 1e-12, "{quantile} is not {expected}");
        }
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-15);
    }

    #[test]
    fn windows_that_overlap_by_half_are_worth_less() {
        let hann = crate::Taper::Hann.periodic(1024).to_vec();
        // Welch's own example: 1/9 more variance of Hann windows that overlap by half, ρ = (1/6)² = 1/36 to either side.
        let freedom = degrees_of_freedom(&hann, 512, 1_000_000);
        assert!((freedom / 2e6 - 1.0 / (1.0 + 2.0 / 36.0)).abs() < 1e-5, "{freedom}");
        assert_eq!(degrees_of_freedom(&hann, 1024, 10), 20.0);
        assert_eq!(degrees_of_freedom(&hann, 1, 1), 2.0);
    }
}
