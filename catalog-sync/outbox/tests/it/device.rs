//! A device with an outbox beside what the shopper keeps.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use heed::types::{Bytes, Str};
use heed::{CommitOrAbort, Database, Env, EnvOpenOptions, RwTxn, WithoutTls};
use knytt_outbox::{
    Counts, Delivered, Delivery, DeliveryHandle, DeliveryTiming, Hold, Limits, Outbox, Route,
};
use knytt_wire::{Action, Event, IdentifiedEvent, Item, Uuid};
use tempfile::TempDir;
use url::Url;

pub struct Device {
    pub env: Env<WithoutTls>,
    pub outbox: Outbox<'static>,
    pub delivery: DeliveryHandle,
    actions: Database<'static, Bytes, Str>,
    _owned: Option<TempDir>,
}

impl Device {
    /// A new device whose shopper agreed.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut device = Self::at(dir.path(), 64 << 20);
        device._owned = Some(dir);
        device
    }

    #[expect(unsafe_code, reason = "opening an LMDB map")]
    pub fn at(folder: &Path, map_bytes: usize) -> Self {
        let mut options = EnvOpenOptions::new().read_txn_without_tls();
        options.max_dbs(1 + Outbox::DATABASES).map_size(map_bytes);
        // SAFETY: the folder is this test's alone.
        let env = unsafe { options.open(folder) }.unwrap();
        let opened = env.create_databases_and_commit(env.write_txn().unwrap(), |opener, txn| {
            let actions = opener.create_database(txn, Some("actions"))?;
            Ok(CommitOrAbort::<_, heed::Error>::Commit((actions, Outbox::create(opener, txn)?)))
        });
        let (actions, outbox) = opened.and_then(Into::into).unwrap();
        let device = Self { env, outbox, actions, delivery: DeliveryHandle::default(), _owned: None };
        device.change(|outbox, txn| outbox.set_consent(txn, true));
        device
    }

    pub fn limited(self, limits: Limits) -> Self {
        Self { outbox: self.outbox.with_limits(limits), ..self }
    }

    pub fn change<T>(
        &self,
        change: impl FnOnce(&Outbox<'static>, &mut RwTxn<'_>) -> knytt_outbox::Result<T>,
    ) -> T {
        let mut txn = self.env.write_txn().unwrap();
        let changed = change(&self.outbox, &mut txn).unwrap();
        txn.commit().unwrap();
        changed
    }

    /// An action and its event in one transaction.
    pub fn act(&self, event: &Event) -> knytt_outbox::Result<()> {
        let mut txn = self.env.write_txn()?;
        self.actions.put(&mut txn, event.id.as_bytes(), "done")?;
        self.outbox.push(&mut txn, &event.clone().into())?;
        Ok(txn.commit()?)
    }

    /// The same, of the catalogue of a publisher.
    pub fn act_in(&self, root: &str, event: &Event) {
        let told = IdentifiedEvent { root: Some(root.into()), event: event.clone() };
        assert!(self.change(|outbox, txn| outbox.push(txn, &told)));
    }

    /// Ids of the actions that were done.
    pub fn actions(&self) -> Vec<Uuid> {
        let txn = self.env.read_txn().unwrap();
        let ids = self.actions.iter(&txn).unwrap().map(|entry| Uuid::from_slice(entry.unwrap().0).unwrap());
        ids.collect()
    }

    /// So many actions; their events.
    pub fn act_times(&self, times: usize) -> Vec<Event> {
        let events: Vec<_> = (0..times).map(|i| event("shop", i)).collect();
        for event in &events {
            self.act(event).unwrap();
        }
        events
    }

    /// The events that wait.
    pub fn waiting(&self) -> Vec<Event> {
        let waiting = self.outbox.waiting(&self.env.read_txn().unwrap()).unwrap();
        waiting.into_iter().map(|told| told.event).collect()
    }

    pub fn counts(&self) -> Counts {
        self.outbox.counts(&self.env.read_txn().unwrap()).unwrap()
    }

    /// A delivery of all catalogues to one place.
    pub fn delivery(&self, to: &Url) -> Delivery {
        let to = to.clone();
        self.delivery_by(
            Arc::new(move |_| Some(to.clone().into())),
            Arc::new(|| false),
            DeliveryTiming::default(),
        )
    }

    pub fn delivery_by(&self, route: Route, hold: Hold, pace: DeliveryTiming) -> Delivery {
        let (env, outbox) = (self.env.clone(), self.outbox);
        let access = Arc::new(move || Some((env.clone(), outbox)));
        Delivery::new(access, route, hold, pace, self.delivery.clone()).unwrap()
    }

    /// Delivers until nothing waits.
    pub async fn deliver_all(&self, delivery: &Delivery) -> Delivered {
        let mut all = Delivered::default();
        while self.counts().waiting > 0 {
            let done = delivery.deliver_once(true).await.unwrap();
            all.events += done.events;
            all.dead += done.dead;
            all.failures += done.failures;
            tokio::time::sleep(done.next.unwrap_or_default().min(Duration::from_secs(5))).await;
        }
        all
    }
}

pub fn event(catalog: &str, i: usize) -> Event {
    let item = Item { item_id: format!("product-{i}"), position: Some(1), ..Item::default() };
    let id = Uuid::now_v7();
    let at_ms = i64::try_from(id.as_u128() >> 80).unwrap();
    Event {
        id,
        at_ms,
        catalog: catalog.into(),
        release: 7,
        model: "a-model".into(),
        visit: Uuid::nil(),
        search_id: None,
        device: Default::default(),
        experiment: None,
        action: Action::SelectItem(item),
    }
}
