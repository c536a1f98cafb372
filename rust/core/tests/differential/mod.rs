//! What the reader says of any bytes, against what `serde_json` says. The fuzzer uses this too.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use ssewire_core::json::{Object, Reader, Value, compact, mend, trim, unescape, write_string};

/// How far the comparison follows values into each other; the reader itself has no limit.
const DEPTH: usize = 120;

/// Compares everything that can be asked.
pub(crate) fn check(bytes: &[u8]) {
    let valid = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    let value = match Value::of(bytes) {
        Err(invalid) => {
            assert!(!valid, "valid, but not for the reader: {invalid:?}");
            return check_place(bytes, invalid.at);
        }
        Ok(value) => value,
    };
    assert!(valid, "invalid, but not for the reader");
    // serde_json wants UTF-8. A JSON text can be something else only within its strings.
    let whole = String::from_utf8_lossy(bytes);
    let raw: &RawValue = serde_json::from_str(&whole).expect("valid");
    check_value(value, raw, 0);
    assert_eq!(String::from_utf8_lossy(trim(bytes)), raw.get());
    check_mended(bytes, raw);
}

/// "The first byte that cannot be": with what comes before it a text can begin, with it not.
fn check_place(bytes: &[u8], at: usize) {
    let (before, after) = bytes.split_at(at);
    assert!(may_begin(before), "something is wrong before {at}");
    if !after.is_empty() {
        assert!(!may_begin(&bytes[..=at]), "nothing is wrong at {at}");
    }
}

/// Whether a JSON text can begin so.
fn may_begin(bytes: &[u8]) -> bool {
    let fits = |bytes: &[u8]| match serde_json::from_slice::<IgnoredAny>(bytes) {
        Ok(_) => true,
        Err(error) => error.is_eof(),
    };
    // serde_json does not look at the digits of an escape before there are four,
    let mut units = bytes.iter().rev().take(4).enumerate().filter(|(_, byte)| **byte == b'u');
    let escape = units.any(|(n, _)| {
        let before = &bytes[..bytes.len() - n - 1];
        before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
    });
    if escape {
        return fits(&[bytes, b"0000"].concat());
    }
    // nor does it tell a number that ends too early from one that is wrong.
    fits(bytes) || fits(&[bytes, b"0"].concat())
}

fn check_value(value: Value<'_>, raw: &RawValue, depth: usize) {
    assert_eq!(String::from_utf8_lossy(value.raw()), raw.get());
    assert_eq!(Value::of(value.raw()), Ok(value));
    check_compact(value, raw);
    check_truth(value, raw);
    let first = raw.get().as_bytes()[0];
    match value {
        Value::Null => assert_eq!(raw.get(), "null"),
        Value::Bool(..) => assert_eq!(raw.get(), if value.is_truthy() { "true" } else { "false" }),
        Value::Number(_) => {
            assert!(matches!(first, b'-' | b'0'..=b'9'));
            assert_eq!(value.index(), serde_json::from_str(raw.get()).ok(), "{raw}");
        }
        Value::String(text) => {
            check_string(value, raw);
            let digits = text.plain().is_some_and(|inner| inner.iter().all(u8::is_ascii_digit));
            let index = if digits { text.text().parse().ok() } else { None };
            assert_eq!(value.index(), index);
        }
        Value::Array(_) if depth < DEPTH => check_array(value, raw, depth),
        Value::Object(_) if depth < DEPTH => check_object(value, raw, depth),
        Value::Array(_) => assert_eq!(first, b'['),
        Value::Object(_) => assert_eq!(first, b'{'),
    }
}

fn check_array(value: Value<'_>, raw: &RawValue, depth: usize) {
    let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).expect("an array");
    let mut seen = 0;
    value.elements(|element| {
        check_value(element, elements[seen], depth + 1);
        seen += 1;
    });
    assert_eq!(seen, elements.len());
    assert_eq!((value.index(), value.object()), (None, None));
}

fn check_object(value: Value<'_>, raw: &RawValue, depth: usize) {
    let members = members(raw);
    let mut seen = 0;
    let mut reader = Reader::new(value.raw());
    let read = reader.members(|name, reader| {
        assert_eq!(String::from_utf8_lossy(name), members[seen].0);
        check_value(reader.value()?, members[seen].1, depth + 1);
        seen += 1;
        Ok(())
    });
    assert_eq!((read, seen), (Ok(()), members.len()));
    assert_eq!(reader.end(), Ok(()));

    let last = |name: &str| {
        let last = members.iter().rev().find(|(own, _)| own == name);
        last.map(|(_, value)| value.get())
    };
    // A name that is asked for is one that can be written.
    let mut all = members.iter().map(|(name, _)| &**name).filter(|name| !name.contains('\u{fffd}'));
    let first = all.next().unwrap_or_default();
    let names = [first, all.find(|other| *other != first).unwrap_or("none"), "no such member"];
    for (name, picked) in names.into_iter().zip(value.pick(names)) {
        let expected = last(name).unwrap_or("null");
        assert_eq!(String::from_utf8_lossy(picked.raw()), expected, "{name:?}");
    }

    let object = Object::of(value.raw());
    for (name, _) in &members {
        let own = object.get(name).map(String::from_utf8_lossy);
        assert_eq!(own.as_deref(), last(name));
    }
    let mut merged = object.clone();
    merged.merge(value.raw());
    assert_eq!(merged, object);
    let again = object.to_json();
    assert_eq!(Object::of(&again), object);
    assert_eq!(object.is_empty(), members.is_empty());
    assert!(object.size() <= value.raw().len() * 4 + 8, "{}", object.size());
}

/// The members of an object, their names without escapes.
fn members(raw: &RawValue) -> Vec<(String, &RawValue)> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                members.push((characters(name.get()), value));
            }
            Ok(members)
        }
    }

    let mut json = serde_json::Deserializer::from_str(raw.get());
    json.deserialize_map(Members).expect("an object")
}

/// What a string says: its escapes are UTF-16, so what makes no character there is U+FFFD.
fn characters(quoted: &str) -> String {
    let mut units = Vec::new();
    let mut rest = quoted[1..quoted.len() - 1].chars();
    while let Some(character) = rest.next() {
        let escape = if character == '\\' { rest.next() } else { None };
        let said = match escape {
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&digits, 16).expect("four digits"));
                continue;
            }
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            other => other.unwrap_or(character),
        };
        units.extend_from_slice(said.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16_lossy(&units)
}

fn check_string(value: Value<'_>, raw: &RawValue) {
    let string = value.string().expect("a string");
    let text = string.text();
    assert_eq!(text, characters(raw.get()));
    if let Ok(said) = serde_json::from_str::<String>(raw.get()) {
        assert_eq!(text, said);
    }
    assert_eq!(value.text().as_ref(), Some(&text));
    assert_eq!(string.is_empty(), raw.get() == "\"\"");
    // It is asked for words only, and none has that character.
    assert!(string.is(&text) || text.contains('\u{fffd}'));
    assert!(!string.is(&format!("{text}x")));
    let mut again = String::from("x");
    unescape(string.inner(), &mut again);
    assert_eq!(again[1..], *text);
    let mut bytes = b"x".to_vec();
    string.append_to(&mut bytes);
    assert_eq!(bytes[1..], *text.as_bytes());
    let mut written = Vec::new();
    write_string(&text, &mut written);
    let written = String::from_utf8(written).expect("UTF-8");
    assert_eq!(serde_json::from_str::<String>(&written).ok().as_deref(), Some(&*text));
}

/// "The value without the white space between its parts; strings as they were written."
fn check_compact(value: Value<'_>, raw: &RawValue) {
    let (mut expected, mut quoted, mut escaped) = (String::new(), false, false);
    for character in raw.get().chars() {
        if !quoted && matches!(character, ' ' | '\t' | '\n' | '\r') {
            continue;
        }
        quoted ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        expected.push(character);
    }
    assert_eq!(String::from_utf8_lossy(&compact(value.raw())), expected);
    if value.string().is_none() {
        assert_eq!(value.text().as_deref(), (value != Value::Null).then_some(&*expected));
    }
}

/// "no `null`, no `false`, no zero, nothing empty"
fn check_truth(value: Value<'_>, raw: &RawValue) {
    // Without an exponent nothing is too small for a float.
    let mantissa = raw.get().split(['e', 'E']).next().and_then(|digits| digits.parse::<f64>().ok());
    let truthy = match serde_json::from_str(raw.get()) {
        _ if matches!(value, Value::Number(_)) => mantissa != Some(0.0),
        Ok(serde_json::Value::String(text)) => !text.is_empty(),
        Ok(serde_json::Value::Array(list)) => !list.is_empty(),
        Ok(serde_json::Value::Object(object)) => !object.is_empty(),
        Ok(word) => word == true,
        // Too deep, or half a surrogate pair.
        Err(_) => raw.get().len() > 2,
    };
    assert_eq!(value.is_truthy(), truthy, "{raw}");
}

/// A mended text is one for everybody, and says what it said.
fn check_mended(bytes: &[u8], raw: &RawValue) {
    let mended = mend(bytes);
    let mended = str::from_utf8(&mended).expect("UTF-8");
    let again: &RawValue = serde_json::from_str(mended).expect("valid");
    check_same(again, raw, 0);
}

fn check_same(mended: &RawValue, raw: &RawValue, depth: usize) {
    match raw.get().as_bytes()[0] {
        b'"' => {
            let text = serde_json::from_str::<String>(mended.get());
            assert_eq!(text.ok(), Some(characters(raw.get())));
        }
        b'{' if depth < DEPTH => {
            let (mended, members) = (members(mended), members(raw));
            assert_eq!(mended.len(), members.len());
            for (mended, member) in mended.iter().zip(&members) {
                assert_eq!(mended.0, member.0);
                check_same(mended.1, member.1, depth + 1);
            }
        }
        b'[' if depth < DEPTH => {
            let elements = |raw: &RawValue| serde_json::from_str::<Vec<Box<RawValue>>>(raw.get());
            let (mended, elements) = (elements(mended).unwrap(), elements(raw).unwrap());
            assert_eq!(mended.len(), elements.len());
            for (mended, element) in mended.iter().zip(&elements) {
                check_same(mended, element, depth + 1);
            }
        }
        b'{' | b'[' => {}
        _ => assert_eq!(mended.get(), raw.get()),
    }
}
