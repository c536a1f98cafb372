//! JSON by RFC 8259, and by `serde_json`: the same texts, the same values.

mod differential;

use std::borrow::Cow;

use differential::check;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use ssewire_core::json::{Invalid, Object, Reader, Value, compact, mend, trim, write_string};

fn space() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "", "", " ", "\n", "\t", "\r\n", "   \n "])
}

fn number() -> impl Strategy<Value = String> {
    let part = |parts: &[&'static str]| select(parts.to_vec());
    let whole = prop_oneof![
        part(&["0", "7", "10", "18446744073709551615", "18446744073709551616"])
            .prop_map(Into::into),
        any::<u64>().prop_map(|n| n.to_string()),
    ];
    let fraction = part(&["", "", "", ".0", ".5", ".000123456789012345678901"]);
    let exponent = part(&["", "", "", "e0", "E5", "e+17", "E-3", "e-400", "e400"]);
    (part(&["", "", "-"]), whole, fraction, exponent)
        .prop_map(|(sign, whole, fraction, exponent)| format!("{sign}{whole}{fraction}{exponent}"))
}

/// The bytes of a string, quotation marks included.
fn string() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => select(vec![
            &b"a"[..], b"type", b"choices", b" ", b"0123456789abcdef", b"}", b"]", b",", b":",
            br#"\""#, br"\\", br"\/", br"\b\f\n\r\t", br"\u0000", br"\u00e9", br"\uFFFD", br"\u2028",
            br"\ud83d\ude00", br"\uD83D", br"\udE00", br"\ud83d\ud83d\ude00", br"\ud83d\u0041",
            br"\ud83d\n", "é".as_bytes(), "漢字".as_bytes(), "😀".as_bytes(), "\u{2028}\u{85}".as_bytes(),
            b"\x7f", b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98",
        ]).prop_map(<[u8]>::to_vec),
        1 => any::<String>().prop_map(|text| {
            serde_json::to_vec(&text).map(|json| json[1..json.len() - 1].to_vec()).unwrap()
        }),
    ];
    let quoted = |pieces: Vec<Vec<u8>>| [b"\"", &*pieces.concat(), b"\""].concat();
    vec(piece, 0..6).prop_map(quoted)
}

fn array(elements: &[Vec<u8>], space: &str) -> Vec<u8> {
    let separator = [space.as_bytes(), b",", space.as_bytes()].concat();
    let elements = elements.join(&separator[..]);
    [b"[", space.as_bytes(), &elements, space.as_bytes(), b"]"].concat()
}

fn object(members: &[(Vec<u8>, Vec<u8>)], space: &str) -> Vec<u8> {
    let colon = [space.as_bytes(), b":", space.as_bytes()].concat();
    let members: Vec<_> =
        members.iter().map(|(name, own)| [&**name, &colon, own].concat()).collect();
    let mut json = array(&members, space);
    (json[0], *json.last_mut().unwrap()) = (b'{', b'}');
    json
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        1 => select(vec!["null", "true", "false", "0", "-0", "{}", "[]"]).prop_map(Into::into),
        1 => number().prop_map(String::into_bytes),
        2 => string(),
    ];
    // Few names, so that some are there twice.
    let name = prop_oneof![
        select(vec![&br#""a""#[..], br#""b""#, br#""""#, br#""\u0061""#]).prop_map(<[u8]>::to_vec),
        string(),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            (vec(inner.clone(), 0..6), space()).prop_map(|(own, space)| array(&own, space)),
            (vec((name.clone(), inner), 0..6), space())
                .prop_map(|(own, space)| object(&own, space)),
        ]
    })
}

/// A text, perhaps with many levels around a value.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let levels = prop_oneof![4 => Just(Vec::new()), 1 => vec(any::<bool>(), 0..100)];
    (value(), levels, space(), space()).prop_map(|(value, levels, before, after)| {
        let wrap = |value: Vec<u8>, is_object: bool| {
            if is_object { object(&[(b"\"a\"".to_vec(), value)], "") } else { array(&[value], "") }
        };
        let value = levels.into_iter().fold(value, wrap);
        [before.as_bytes(), &value, after.as_bytes()].concat()
    })
}

/// Damage that often leaves a text nearly valid.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop_oneof![
        4 => select(b"\"\\{}[]:,0123456789.-+eEtrufalsn /\n\x00\x1f\x7f\xff".to_vec()),
        1 => any::<u8>(),
    ];
    let edit = (any::<Index>(), 0_u8..4, bytes);
    (text(), vec(edit, 1..4)).prop_map(|(mut text, edits)| {
        for (place, what, byte) in edits {
            let at = place.index(text.len() + 1);
            match what {
                0 if at < text.len() => text[at] = byte,
                1 if at < text.len() => drop(text.remove(at)),
                2 => text.truncate(at),
                _ => text.insert(at, byte),
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn texts_are_read_as_serde_json_reads_them(text in text()) {
        prop_assert!(Value::of(&text).is_ok());
        check(&text);
    }

    #[test]
    fn damaged_texts_too(text in damaged()) {
        check(&text);
    }

    #[test]
    fn and_any_bytes(text in vec(any::<u8>(), 0..40)) {
        check(&text);
    }

    #[test]
    fn every_text_that_is_cut_is_none(text in text()) {
        let whole = trim(&text);
        // A number's beginning may be one.
        if !matches!(Value::of(whole), Ok(Value::Number(_))) {
            for cut in 0..whole.len() {
                prop_assert_eq!(Value::of(&whole[..cut]), Err(Invalid { at: cut }));
            }
        }
    }

    #[test]
    fn objects_keep_what_was_set(
        members in vec((any::<String>(), value()), 0..8),
        more in vec(("[ab]", value()), 0..4),
    ) {
        let mut object = Object::default();
        let mut expected: Vec<(&str, &[u8])> = Vec::new();
        for (name, value) in members.iter().chain(&more) {
            object.set(name, value);
            object.set_default(name, b"0");
            match expected.iter_mut().find(|(own, _)| own == name) {
                Some(member) => member.1 = value,
                None => expected.push((name, value)),
            }
        }
        prop_assert_eq!(object.iter().collect::<Vec<_>>(), expected.clone());
        let json = object.to_json();
        check(&json);
        prop_assert!(json.len() <= 6 * object.size());
        let mut merged = Object::of(br#"{"a":1,"new":2,"a":3}"#);
        merged.merge(&json);
        for (name, value) in &expected {
            prop_assert_eq!(merged.get(name), Some(*value));
        }
        let again = Object::of(&json);
        prop_assert_eq!(again.iter().collect::<Vec<_>>(), expected);
        for (name, _) in &members {
            object.remove(name);
            prop_assert_eq!(object.get(name), None);
        }
    }

    #[test]
    fn strings_are_written_for_everybody(text in any::<String>()) {
        let mut json = Vec::new();
        write_string(&text, &mut json);
        prop_assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), text);
    }
}

#[test]
fn depth_takes_no_stack() {
    for depth in [10_000, 1_000_000] {
        let arrays = ["[".repeat(depth), "]".repeat(depth)].concat();
        let objects = [r#"{"a":"#.repeat(depth), "1".into(), "}".repeat(depth)].concat();
        let mixed = [r#"[{"a":"#.repeat(depth), "{}".into(), "}]".repeat(depth)].concat();
        for text in [&arrays, &objects, &mixed] {
            let value = Value::of(text.as_bytes()).expect("deep, but valid");
            assert_eq!(value.raw(), text.as_bytes());
            assert!(value.is_truthy() || depth == 1);
            assert_eq!(compact(text.as_bytes()), text.as_bytes());
            assert_eq!(value.text().as_deref(), Some(text.as_str()));
            assert_eq!(mend(text.as_bytes()), text.as_bytes());
            let wrong = text.replacen(['}', ']'], " ", 1);
            assert!(Value::of(wrong.as_bytes()).is_err());
            let short = &text[..text.len() - 1];
            assert_eq!(Value::of(short.as_bytes()), Err(Invalid { at: short.len() }));
        }
    }
}

#[test]
fn every_level_remembers_what_it_is() {
    // Around the sizes of the words in which the levels are kept.
    for depth in [1, 2, 63, 64, 65, 127, 128, 129, 130, 1000] {
        let open: Vec<bool> = (0..depth).map(|level| level % 3 == 0 || level % 7 == 2).collect();
        let before: String = open.iter().map(|open| if *open { r#"{"a":"# } else { "[" }).collect();
        let after: String = open.iter().rev().map(|open| if *open { "}" } else { "]" }).collect();
        let text = format!("{before}0{after}");
        assert!(Value::of(text.as_bytes()).is_ok(), "{depth}");
        for wrong in 0..depth {
            let mut text = text.clone().into_bytes();
            let at = before.len() + 1 + wrong;
            text[at] = if text[at] == b'}' { b']' } else { b'}' };
            assert_eq!(Value::of(&text), Err(Invalid { at }), "{depth}");
        }
    }
}

#[test]
fn what_the_grammar_forbids_is_invalid_where_it_stands() {
    for (text, at) in [
        ("", 0),
        (" \n", 2),
        ("nul", 3),
        ("nulL", 3),
        ("NaN", 0),
        ("Infinity", 0),
        ("-", 1),
        ("01", 1),
        ("-01", 2),
        ("1.", 2),
        (".5", 0),
        ("1e", 2),
        ("1e+", 3),
        ("+1", 0),
        ("1 2", 2),
        ("\"a", 2),
        ("\"\n\"", 1),
        ("\"\\x\"", 2),
        ("\"\\u12g4\"", 5),
        ("\"\\", 2),
        ("'a'", 0),
        ("[1,]", 3),
        ("[,1]", 1),
        ("[1 2]", 3),
        ("[", 1),
        ("{\"a\":1,}", 7),
        ("{\"a\"}", 4),
        ("{a:1}", 1),
        ("{\"a\":}", 5),
        ("{1:2}", 1),
        ("[1}", 2),
        ("/*c*/1", 0),
        ("1//", 1),
        ("\u{feff}1", 0),
        ("\u{a0}1", 0),
        ("tru\u{0}", 3),
        ("\u{c}1", 0),
    ] {
        assert_eq!(Value::of(text.as_bytes()), Err(Invalid { at }), "{text:?}");
        check(text.as_bytes());
    }
}

#[test]
fn names_are_compared_without_their_escapes() {
    let value = Value::of(br#"{"type":1,"\u0074ype":2,"t\u0079pe":3, "x":4}"#).unwrap();
    assert_eq!(value.pick(["x", "type"]).map(Value::raw), [b"4", b"3"]);
    assert_eq!(value.pick(["type", "type"]).map(Value::raw), [&b"3"[..], b"null"]);
    assert_eq!(Value::of(b"[1]").unwrap().pick(["a"]), [Value::Null]);
}

#[test]
fn readers_go_on_where_they_are() {
    let mut reader = Reader::new(b" {\"a\": [1, {}]} x");
    let mut seen = Vec::new();
    let read = reader.members(|name, reader| {
        assert_eq!(name, b"a");
        reader.elements(|reader| {
            seen.push(reader.skip()?.to_vec());
            Ok(())
        })
    });
    assert_eq!((read, reader.at()), (Ok(()), 15));
    assert_eq!(seen, [&b"1"[..], b"{}"]);
    assert_eq!(reader.peek(), Some(b'x'));
    assert_eq!(reader.end(), Err(Invalid { at: 16 }));
    assert!(matches!(compact(b" [1, \"a b\"]"), Cow::Owned(compact) if compact == b"[1,\"a b\"]"));
}
