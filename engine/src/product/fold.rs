//! How texts of products are compared.

/// How values are compared: without case, outer spaces, or the length of inner ones.
pub(crate) fn fold(value: &str) -> String {
    let mut folded = String::with_capacity(value.len());
    for word in value.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            let from = folded.len();
            folded.push_str(word);
            folded[from..].make_ascii_lowercase();
        } else {
            folded.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    folded
}
