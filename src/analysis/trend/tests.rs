//! Series made by hand and by lot.
