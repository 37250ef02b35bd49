//! What the small tables of a pass mean. The model of a report stands here; `report/` renders it.

pub mod model;
