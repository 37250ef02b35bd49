//! Members that are runs of a program: several files of one run make nothing surer. A capture that is there twice counts once; so does a sampling session,
//! of whose readings the latest counts, since they share their samples; and the threads of one process are one run.

use super::{Entry, Member, Numbering, Panel};
use crate::analysis::likeness;
use crate::analysis::model::Profile;
use crate::profile::{FirstSamples, Moments};

impl Panel {
    /// Adds a profile as a run of its own, unless it is of the same run as one of the members from `first` on. Its first samples tell that of readings of one
    /// session, where they are known.
    pub fn add_run(
        &mut self,
        profile: &Profile,
        interval: Option<u64>,
        first: usize,
        first_samples: Option<FirstSamples>,
    ) {
        let place = self.add(profile, interval);
        let added = &mut self.members[place];
        added.fingerprint = likeness::fingerprint(profile);
        added.first_samples.extend(first_samples);
        let (known, added) = self.members.split_at_mut(place);
        let same = known[first..].iter_mut().find(|known| known.is_same_capture(&added[0]));
        self.last_run_counts = same.is_none();
        match same {
            Some(same) => {
                same.also.push(profile.file.name.clone());
                self.members.pop();
            }
            None => self.join_readings(first),
        }
    }

    /// Adds a profile of another thread to the process of the run that was added last; if that does not count, neither does the thread.
    pub fn add_thread(&mut self, profile: &Profile, interval: Option<u64>) {
        let Some(last) = self.members.len().checked_sub(1).filter(|_| self.last_run_counts) else { return };
        self.enter_into(last, Entry::of(profile, interval), &mut Numbering::default());
        let member = &mut self.members[last];
        member.threads.push(profile.file.name.clone());
        member.file.complete &= profile.file.complete;
        member.file.unsummed = member.file.unsummed.saturating_add(profile.file.unsummed);
        // The same thread of another capture is not the same capture.
        member.fingerprint = None;
    }

    /// Joins the member that was added last with all of its session from `first` on: some may share nothing but with others of it.
    fn join_readings(&mut self, first: usize) {
        let last = self.members.len() - 1;
        let (known, added) = self.members.split_at(last);
        let Some(place) = known[first..].iter().rposition(|known| known.is_same_session(&added[0])) else { return };
        let reading = self.members.remove(last);
        let earlier = self.members.remove(first + place);
        self.members.push(earlier.or_later(reading));
        self.join_readings(first);
    }
}

impl Member {
    /// Whether another member is the same capture, where that was looked at.
    pub(in crate::analysis) fn is_same_capture(&self, other: &Self) -> bool {
        self.fingerprint.is_some() && self.fingerprint == other.fingerprint
    }

    /// When its samples were taken, where that was looked at and it is one profile.
    pub(in crate::analysis) fn moments(&self) -> Option<&Moments> {
        self.first_samples.first().filter(|_| self.profiles == 1).map(FirstSamples::moments)
    }

    /// Whether another member is a reading of the same session, where that was looked at. Beside several readings that are known, a sample tells a further
    /// one, if nothing speaks against it.
    fn is_same_session(&self, other: &Self) -> bool {
        let pairs =
            || self.first_samples.iter().flat_map(|one| other.first_samples.iter().map(move |other| (one, other)));
        let common = || pairs().map(|(one, other)| one.common(other)).sum::<Option<usize>>();
        let is_known = self.first_samples.len() + other.first_samples.len() > 2;
        pairs().any(|(one, other)| one.shared(other).is_some()) || is_known && common().is_some_and(|common| common > 0)
    }

    /// The later reading of two: samples are numbered as they are taken.
    fn or_later(self, reading: Self) -> Self {
        let taken = |member: &Self| member.objects.samples.map(|(_, taken)| taken);
        let (mut kept, mut other) = if taken(&self) > taken(&reading) { (self, reading) } else { (reading, self) };
        kept.readings.append(&mut other.readings);
        kept.readings.push(other.file.name);
        kept.readings.append(&mut other.also);
        kept.first_samples.append(&mut other.first_samples);
        kept
    }
}
