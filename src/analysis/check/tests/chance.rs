//! How often chance alone makes a rule fail.

use super::*;

/// Numbers that look random, the same in every run.
pub(in crate::analysis::check) struct Random(u64);

impl Random {
    pub(in crate::analysis::check) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Samples of something whose mean is so many, and that differs by so much of it from run to run.
    pub(in crate::analysis::check) fn samples(&mut self, samples: f64, swing: f64) -> u64 {
        let mean = samples * (1.0 + swing * self.normal()).max(0.0);
        let (mut count, mut at) = (0, -self.uniform().ln());
        while at < mean {
            at -= self.uniform().ln();
            count += 1;
        }
        count
    }

    fn runs(&mut self, files: usize, samples: f64, swing: f64) -> Summary {
        let sizes: Vec<u64> = (0..files).map(|_| self.samples(samples, swing) * R).collect();
        summary(Some(R), &sizes, &[])
    }
}

#[test]
fn chance_alone_rarely_makes_a_rule_fail() {
    const TRIALS: u32 = 4000;
    let mut random = Random(7);
    for samples in [1.0, 5.0, 30.0, 300.0] {
        for (files_before, files_now, swing) in
            [(1, 1, 0.0), (5, 1, 0.0), (5, 3, 0.0), (2, 1, 0.0), (3, 3, 0.3), (5, 1, 0.3), (2, 2, 0.3)]
        {
            let mut failed = |rule: &str, growth: f64| {
                let trial = |random: &mut Random| {
                    let before = random.runs(files_before, samples, swing);
                    let now = random.runs(files_now, samples * growth, swing);
                    check_one(rule, &now, &before, true, |outcome| outcome.verdict) == Verdict::Fail
                };
                (0..TRIALS).filter(|_| trial(&mut random)).count() as f64 / f64::from(TRIALS)
            };
            let told = format!("{samples} samples, {files_before} against {files_now} runs that differ by {swing}");
            // Nothing has changed, and nothing may grow: the worst case of all that are within their limit.
            let at_the_limit = failed("total +0%", 1.0);
            // Where runs differ as much, how much is known badly, and it is taken for less by chance.
            assert!(at_the_limit < if swing > 0.0 { 0.04 } else { 0.006 }, "{told}: {at_the_limit}");
            if samples >= 30.0 && swing == 0.0 {
                // Where samples are many, 5 % from run to run are more than their error.
                assert!(at_the_limit > 0.0008 || samples > 100.0, "{told}: {at_the_limit} is timid");
                // What has doubled is seen where samples are enough; two runs that differ by chance tell too little of noise.
                let least = if samples < 100.0 { 0.6 } else { 0.9 };
                let seen = failed("total +10%", 2.0);
                assert!(seen > least, "{told}: {seen}");
            }
        }
    }
}

/// How often chance alone makes a rule fail, in 10,000 checks each: the table of docs/check.md, in percent.
#[test]
#[ignore = "takes minutes"]
fn false_alarms_are_as_rare_as_is_told() {
    const TRIALS: u32 = 10_000;
    let mut random = Random(11);
    for (files_before, files_now, told) in
        [(2, 1, 9.2), (3, 1, 3.9), (5, 1, 2.1), (5, 3, 1.6), (5, 5, 1.6), (1, 1, 32.0)]
    {
        let mut failed = |samples: f64, swing: f64| {
            let trial = |random: &mut Random| {
                let before = random.runs(files_before, samples, swing);
                let now = random.runs(files_now, samples, swing);
                check_one("total +0%", &now, &before, true, |outcome| outcome.verdict) == Verdict::Fail
            };
            (0..TRIALS).filter(|_| trial(&mut random)).count() as f64 / f64::from(TRIALS)
        };
        let mut worst = |swings: &[f64]| {
            [5.0, 30.0, 300.0, 3000.0]
                .iter()
                .flat_map(|&samples| swings.iter().map(move |&swing| (samples, swing)))
                .map(|(samples, swing)| failed(samples, swing))
                .fold(0.0, f64::max)
        };
        let (alike, differ) = (worst(&[0.0]), worst(&[0.02, 0.05, 0.1, 0.2, 0.3]));
        let (alike, differ) = (100.0 * alike, 100.0 * differ);
        assert!(alike < 0.5, "{files_before} against {files_now}: {alike} %");
        assert!(differ < told + 0.5, "{files_before} against {files_now}: {differ} %");
    }
}
