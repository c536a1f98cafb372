//! The pace of a stream: the gaps between its reads, as a histogram that stays small.

/// Equal steps of an octave, so that a gap is told to within 6.3 %.
const STEPS: usize = 8;
/// The shortest gap that is told apart: 2^10 ns. The longest: 2^40 ns, 18 minutes.
const OCTAVES: std::ops::Range<usize> = 10..40;

/// When a stream's reads came. Times are nanoseconds since its start.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    first: Option<u64>,
    last: u64,
    count: u64,
    longest: u64,
    /// Those that have any gaps, in order, with their number: a stream has few.
    buckets: Vec<(u8, u32)>,
    /// Where the last gap's is.
    recent: usize,
}

impl Pace {
    /// Notes a read that brought output.
    #[inline]
    pub fn mark(&mut self, now: u64) {
        if self.first.is_some() {
            let gap = now.saturating_sub(self.last);
            self.count += 1;
            self.longest = self.longest.max(gap);
            self.add(bucket(gap));
        } else {
            self.first = Some(now);
        }
        self.last = now;
    }

    #[inline]
    fn add(&mut self, bucket: u8) {
        // Many a gap is like the one before.
        match self.buckets.get_mut(self.recent) {
            Some((own, count)) if *own == bucket => *count = count.saturating_add(1),
            _ => self.add_other(bucket),
        }
    }

    #[cold]
    fn add_other(&mut self, bucket: u8) {
        let found = self.buckets.binary_search_by_key(&bucket, |(own, _)| *own);
        self.recent = found.unwrap_or_else(|place| {
            self.buckets.insert(place, (bucket, 0));
            place
        });
        let count = &mut self.buckets[self.recent].1;
        *count = count.saturating_add(1);
    }

    /// Whether a read with output was noted.
    #[inline]
    pub fn has_begun(&self) -> bool {
        self.first.is_some()
    }

    /// When the first read with output came.
    pub fn first(&self) -> Option<u64> {
        self.first
    }

    /// When the last one came.
    pub fn last(&self) -> Option<u64> {
        self.first.map(|_| self.last)
    }

    /// How many gaps there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The longest gap.
    pub fn longest(&self) -> Option<u64> {
        (self.count > 0).then_some(self.longest)
    }

    /// The gap that so many of a hundred gaps do not exceed, to within 6.3 %.
    pub fn percentile(&self, percent: u8) -> Option<u64> {
        let wanted = self.count.saturating_mul(percent.into()).div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, count) in &self.buckets {
            seen += u64::from(*count);
            if seen >= wanted {
                return Some(middle(*bucket).min(self.longest));
            }
        }
        None
    }
}

/// The bucket of a gap: its octave, and which step of the octave.
#[inline]
fn bucket(gap: u64) -> u8 {
    let gap = gap.clamp(1 << OCTAVES.start, (1 << OCTAVES.end) - 1);
    let octave = gap.ilog2() as usize;
    // The bits after the first: the step.
    let step = (gap >> (octave - STEPS.ilog2() as usize)) as usize % STEPS;
    u8::try_from((octave - OCTAVES.start) * STEPS + step).unwrap_or(u8::MAX)
}

/// The middle of a bucket.
fn middle(bucket: u8) -> u64 {
    let bucket = usize::from(bucket);
    let octave = bucket / STEPS + OCTAVES.start;
    let width = 1 << (octave - STEPS.ilog2() as usize);
    (STEPS + bucket % STEPS) as u64 * width + width / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_near_its_gaps() {
        for gap in (1 << 10..1 << 20).step_by(37).chain([1 << 30, (1 << 40) - 1]) {
            let told = middle(bucket(gap));
            assert!(told.abs_diff(gap) * 16 <= gap, "{gap} told as {told}");
        }
    }

    #[test]
    fn gaps_beyond_the_buckets_are_counted() {
        let mut pace = Pace::default();
        for now in [0, 1, u64::MAX] {
            pace.mark(now);
        }
        assert_eq!(pace.count(), 2);
        assert_eq!(pace.longest(), Some(u64::MAX - 1));
        assert!(pace.percentile(0).is_some() && pace.percentile(100).is_some());
    }

    #[test]
    fn percentiles_are_of_the_gaps_and_not_of_the_reads() {
        let mut pace = Pace::default();
        assert_eq!((pace.percentile(50), pace.longest(), pace.first()), (None, None, None));
        let mut now = 5_000_000;
        pace.mark(now);
        for gap in std::iter::repeat_n(1_000_000, 98).chain([50_000_000, 80_000_000]) {
            now += gap;
            pace.mark(now);
        }
        let near = |told: Option<u64>, gap: u64| told.unwrap().abs_diff(gap) * 16 <= gap;
        assert!(near(pace.percentile(50), 1_000_000));
        assert!(near(pace.percentile(99), 50_000_000));
        assert_eq!(pace.longest(), Some(80_000_000));
        assert_eq!((pace.first(), pace.last(), pace.count()), (Some(5_000_000), Some(now), 100));
    }
}
