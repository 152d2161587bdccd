//! The id of the request that a task works on.

tokio::task_local! {
    static CURRENT: String;
}

/// Runs `work` as the work on the request with this id.
pub fn scope<F: Future>(id: String, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, work)
}

/// The id of the request that this task works on.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}
