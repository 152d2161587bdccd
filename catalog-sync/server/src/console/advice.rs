//! What somebody can do about a row or picture that was set aside.

/// The advice for a kind of fault.
pub fn of(code: &str) -> &'static str {
    match code {
        "empty-file" | "missing-file" | "unreadable" | "not-a-file" | "local-image" => {
            "Send a zip file with the feed and its pictures, or name each picture's address of the internet in the feed."
        }
        "missing-image" => "Give the product a picture, or keep products without one.",
        "bad-url" | "remote-image" => "Correct the picture's address: it begins with https://.",
        "no-such-image" => "Upload the picture again, or correct its address: nothing is there.",
        "image-refused" => "Let the picture's server answer this server, without a login.",
        "image-unreachable" | "not-cached" => {
            "See that the picture's server answers from the internet, then read the feed again."
        }
        "address-refused" => "Name an address of the public internet.",
        "redirect-loop" => "Correct the picture's address: its server sends round in a circle.",
        "not-a-picture" | "truncated-picture" | "damaged-picture" => {
            "Save the picture anew, as JPEG, PNG or WebP."
        }
        "unsupported-picture" => "Save the picture as JPEG, PNG or WebP.",
        "too-large" => "Save a smaller picture.",
        "poor-picture" => "Take a picture that is larger and sharper.",
        "unsafe-picture" | "no-embedding" => "Take another picture.",
        "bad-price" => "Write the price with its currency, as in 12.90 EUR.",
        "bad-id" => "Give the product an id of its own.",
        "duplicate-id" => "Give each product an id of its own: an earlier row has this one.",
        "bad-product" => "Correct the row as the reason says.",
        "bad-utf8" => "Save the feed as UTF-8.",
        "bad-json" | "bad-xml" | "wrong-column-count" | "line-too-long" => {
            "Export the feed again, or correct the row as the reason says."
        }
        _ => "Correct the row as the reason says.",
    }
}
