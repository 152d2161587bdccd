//! From rows to entries: each id once, and the rows of a group together.

use std::collections::{HashMap, HashSet, VecDeque};

use knytt_engine::Product;

use crate::group::Pictures;
use crate::group_buffer::{Counts, GroupBuffer, hash};
use crate::product::{Defaults, Listing, listing};
use crate::read::Found;
use crate::{Entry, Rejection, Result, group};

/// Rows as listings, each id once.
pub(crate) struct Listings<'a> {
    rows: Box<dyn Iterator<Item = Result<Found>> + Send + 'a>,
    defaults: &'a Defaults,
    places: HashMap<Box<str>, Box<str>>,
}

impl<'a> Listings<'a> {
    pub(crate) fn new(
        rows: Box<dyn Iterator<Item = Result<Found>> + Send + 'a>,
        defaults: &'a Defaults,
    ) -> Self {
        Self { rows, defaults, places: HashMap::new() }
    }

    fn first_of_its_id(&mut self, listing: Listing) -> Result<Listing, Rejection> {
        let id = listing.product.id.as_str();
        if let Some(first) = self.places.get(id) {
            let reason = format!("the id {id} is already that of {first}");
            let Product { id, title, .. } = &listing.product;
            return Err(Rejection::new(listing.place, "duplicate-id", reason).of_product(id, title));
        }
        self.places.insert(id.into(), listing.place.as_str().into());
        Ok(listing)
    }
}

impl Iterator for Listings<'_> {
    type Item = Result<Result<Listing, Rejection>>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = match self.rows.next()? {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        let read = found.and_then(|row| listing(&row, self.defaults));
        Some(Ok(read.and_then(|listing| self.first_of_its_id(listing))))
    }
}

/// Counts what listings will become.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) groups: Counts,
    /// Listings by themselves, and what is set aside.
    alone: usize,
    /// Pictures of groups, each once.
    pictures: HashSet<u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, product: Option<&Product>) {
        match product {
            Some(product) if !product.group.is_empty() => {
                self.groups.add(&product.group);
                if !product.image.is_empty() {
                    self.pictures.insert(hash((&product.group, &product.image)));
                }
            }
            _ => self.alone += 1,
        }
    }

    pub(crate) fn entries(&self) -> usize {
        self.alone + self.pictures.len()
    }
}

/// Products, each as soon as all of its rows were read.
pub(crate) struct Entries<'a> {
    groups: &'a Counts,
    pictures: Pictures<'a>,
    listings: Listings<'a>,
    buffer: GroupBuffer<Listing>,
    ready: VecDeque<Entry>,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(listings: Listings<'a>, groups: &'a Counts, pictures: Pictures<'a>) -> Self {
        Self { groups, pictures, listings, buffer: GroupBuffer::new(), ready: VecDeque::new() }
    }

    /// Reads on; false at the end.
    fn fill(&mut self) -> Result<bool> {
        let group = match self.listings.next().transpose()? {
            Some(Err(rejection)) => {
                self.ready.push_back(Err(rejection));
                return Ok(true);
            }
            Some(Ok(listing)) if listing.product.group.is_empty() => Some(vec![listing]),
            Some(Ok(listing)) => {
                let name = listing.product.group.clone();
                self.buffer.add(self.groups, &name, listing)?
            }
            None => match self.buffer.rest()? {
                None => return Ok(false),
                rest => rest,
            },
        };
        self.ready.extend(group.into_iter().flat_map(|group| group::products(group, self.pictures)));
        Ok(true)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.ready.pop_front() {
                return Some(Ok(entry));
            }
            match self.fill() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
