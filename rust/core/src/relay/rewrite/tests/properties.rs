use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{Rules, characters};
use crate::json::{string_at, write_string};

/// The text as JSON strings, each character that is not ASCII as escapes, cut after so many units.
fn json_pieces(text: &str, sizes: &[usize]) -> Vec<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut units = units.as_slice();
    let mut pieces = Vec::new();
    for &size in sizes.iter().cycle() {
        let (piece, rest) = units.split_at(size.min(units.len()));
        let write = |&unit: &u16| match u8::try_from(unit) {
            Ok(letter) if letter.is_ascii_alphanumeric() => char::from(letter).to_string(),
            Ok(b'\\') => "\\\\".into(),
            _ => format!("\\u{unit:04x}"),
        };
        pieces.push(format!("\"{}\"", piece.iter().map(write).collect::<String>()));
        units = rest;
        if units.is_empty() {
            return pieces;
        }
    }
    pieces
}

fn rules() -> impl Strategy<Value = (Rules, String)> {
    let letters =
        select(vec!["ab", "aab", "abc", "aé", "éèê", "a\u{1f600}\u{1f601}", "a\\\u{1f600}"]);
    letters.prop_flat_map(|letters| {
        let letter = select(letters.chars().collect::<Vec<_>>());
        let string = move |sizes| {
            vec(letter.clone(), sizes).prop_map(|letters| letters.into_iter().collect::<String>())
        };
        let replace = vec((string(1..7), "[x-z]{0,2}"), 0..7);
        let rules = (replace, vec(string(1..7), 0..3));
        // Texts that are made of the patterns' own beginnings.
        let parts = vec((any::<Index>(), any::<Index>(), string(0..4)), 0..12);
        (rules, parts).prop_map(|((replace, stop), parts)| {
            let rules = Rules { replace, stop };
            let mut text = String::new();
            for (which, length, between) in parts {
                let all: Vec<_> = rules.all().map(|(from, _)| from).collect();
                if !all.is_empty() {
                    let from = which.get(&all);
                    let length = length.index(from.chars().count() + 1);
                    text.extend(from.chars().take(length));
                }
                text.push_str(&between);
            }
            (rules, text)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_cut_says_what_the_whole_text_says((rules, text) in rules(), sizes in vec(1usize..6, 1..6)) {
        rules.check(&characters(&text));
        let characters = characters(&text);
        let mut rest = characters.as_slice();
        let mut pieces = Vec::new();
        for &size in sizes.iter().cycle() {
            let (piece, more) = rest.split_at(size.min(rest.len()));
            pieces.push(piece.concat());
            rest = more;
            if rest.is_empty() {
                break;
            }
        }
        rules.check(&pieces.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn strings_of_json_say_the_same((rules, text) in rules(), sizes in vec(1usize..6, 1..6)) {
        let mut rewriter = rules.rewriter();
        let mut out = String::new();
        for piece in json_pieces(&text, &sizes) {
            let before = rewriter.clone();
            let length = out.len();
            let string = string_at(piece.as_bytes(), 0).unwrap();
            rewriter.feed_json(string, &mut out);
            if before.passes(string) {
                prop_assert_eq!(&out[length..], &*string.text());
                prop_assert_eq!(rewriter.held(), 0);
            }
        }
        let stop = rewriter.flush(&mut out);
        let (expected, at_end, _) = rules.naive(&text, false);
        prop_assert_eq!((&out, stop), (&expected, at_end));
        // As another writer escapes them.
        let mut piece = Vec::new();
        write_string(&text, &mut piece);
        let mut rewriter = rules.rewriter();
        let mut again = String::new();
        rewriter.feed_json(string_at(&piece, 0).unwrap(), &mut again);
        rewriter.flush(&mut again);
        prop_assert_eq!(again, out);
    }
}
