//! What is said is what is read, whatever the shape, and however calls and texts interleave.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use ssewire_core::json::quoted;
use ssewire_core::{DispatchOptions, Dispatcher, Finish, Outcome, Said, Shape, Usage, Writer};

/// Something that comes in pieces, each of them a JSON string.
#[derive(Clone, Debug)]
struct Told {
    what: What,
    text: &'static str,
    pieces: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Text,
    Reasoning,
    Call,
    Custom,
}

/// Of these all but the last are whole at their last character.
const ARGUMENTS: [&str; 6] = [
    "{}",
    r#"{"a":"} \" \\","ü":[1,{"b":[]}]}"#,
    " { \"a\" : \"\u{1f600}\\n\" }",
    "[\"[\"]",
    "\"\\\"}\"",
    "",
];
const WORDS: [&str; 4] = ["Hi", "\u{fc}\"\n\\", "{\"", "\u{1f600}"];

fn told() -> impl Strategy<Value = Told> {
    let what = select(vec![What::Text, What::Reasoning, What::Call, What::Custom]);
    (what, vec(any::<Index>(), 0..4), any::<Index>()).prop_map(|(what, cuts, which)| {
        let texts = if what == What::Call { ARGUMENTS.as_slice() } else { &WORDS };
        let text = *which.get(texts);
        let mut ends: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
        ends.push(text.len());
        let mut cuts: Vec<_> = cuts.iter().map(|cut| *cut.get(&ends)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let piece = |pair: &[usize]| quoted(Some(&text[pair[0]..pair[1]]));
        Told { what, text, pieces: cuts.windows(2).map(piece).collect() }
    })
}

/// Everything that is said: `None` opens a call, then come the pieces.
type Turns<'a> = Vec<(usize, Option<&'a [u8]>)>;

/// Who says what when, until all is said. The order of what is no call is that of its beginning.
fn turns<'a>(told: &'a [Told], order: &[Index]) -> Turns<'a> {
    let mut left: Vec<_> =
        told.iter().enumerate().map(|(who, told)| (who, told.pieces.iter(), false)).collect();
    let (mut turns, mut order) = (Vec::new(), order.iter().cycle());
    while let Some(which) = order.next().filter(|_| !left.is_empty()) {
        let at = which.index(left.len());
        let (who, pieces, open) = &mut left[at];
        if std::mem::replace(open, true) {
            match pieces.next() {
                Some(piece) => turns.push((*who, Some(piece.as_slice()))),
                None => drop(left.remove(at)),
            }
        } else {
            turns.push((*who, None));
        }
    }
    turns
}

/// What is written, and in what order the calls opened.
fn write(shape: Shape, told: &[Told], turns: &Turns<'_>) -> (Writer, Vec<u8>, Vec<usize>) {
    let (mut writer, mut out) = (Writer::new(shape), Vec::new());
    let mut calls = Vec::new();
    let mut say = |said: Said<'_>| writer.write(&said, &mut out);
    say(Said::Start { id: ssewire_core::Id::Foreign("resp_a"), model: "m", created: 1 });
    for &(who, piece) in turns {
        let what = told[who].what;
        if piece.is_none() && matches!(what, What::Call | What::Custom) {
            calls.push(who);
        }
        let call = calls.iter().position(|call| *call == who).unwrap_or_default();
        let call = u32::try_from(call).expect("few calls");
        match (what, piece) {
            (What::Text, Some(piece)) => say(Said::Text { index: 0, piece }),
            (What::Reasoning, Some(piece)) => say(Said::Reasoning { index: 0, piece }),
            (_, Some(piece)) => say(Said::ToolArguments { call, piece }),
            (What::Text | What::Reasoning, None) => {}
            (What::Call | What::Custom, None) => {
                let (id, custom) = (format!("call_{who}"), what == What::Custom);
                say(Said::ToolCall { call, id: &id, name: "f", custom });
            }
        }
    }
    let usage = Usage { input: Some(3), output: Some(2), ..Usage::default() };
    let why = if calls.is_empty() { Finish::Stop } else { Finish::ToolCalls };
    say(Said::Finish { why, sequence: None });
    say(Said::Done(Some(&usage)));
    (writer, out, calls)
}

fn read(written: &[u8]) -> Outcome {
    let mut dispatcher =
        Dispatcher::new(DispatchOptions { strict: true, ..DispatchOptions::default() });
    for item in dispatcher.feed(written) {
        item.expect("a stream without faults");
    }
    dispatcher.outcome()
}

/// The arguments that a reader gets.
fn arguments(shape: Shape, told: &Told) -> String {
    match (shape, told.what, told.text) {
        (Shape::Chat | Shape::Responses, What::Call, "") => "{}".into(),
        (Shape::Messages, What::Custom, text) => {
            let text = String::from_utf8(quoted(Some(text))).expect("UTF-8");
            format!("{{\"input\": {text}}}")
        }
        (_, _, text) => text.into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_is_lost(told in vec(told(), 0..6), order in vec(any::<Index>(), 1..30)) {
        let turns = turns(&told, &order);
        let said = |what| -> String {
            let own = turns.iter().filter(|(who, _)| told[*who].what == what);
            let piece = |piece: &[u8]| serde_json::from_slice::<String>(piece).expect("a string");
            own.filter_map(|(_, own)| own.map(piece)).collect()
        };
        for shape in [Shape::Chat, Shape::Messages, Shape::Responses] {
            let (writer, written, calls) = write(shape, &told, &turns);
            let outcome = read(&written);
            prop_assert!(outcome.complete && writer.has_ended());
            prop_assert!(writer.dropped().is_empty(), "{:?}", writer.dropped());
            prop_assert_eq!(&outcome.texts[&0], &said(What::Text));
            prop_assert_eq!(outcome.reasoning.unwrap_or_default(), said(What::Reasoning));
            let expected: Vec<_> = calls
                .iter()
                .map(|who| (Some(format!("call_{who}")), arguments(shape, &told[*who])))
                .collect();
            let found = outcome.tool_calls.into_iter().map(|call| (call.id, call.arguments));
            prop_assert_eq!(found.collect::<Vec<_>>(), expected);
            let finish = if calls.is_empty() { "stop" } else { "tool_calls" };
            prop_assert_eq!(outcome.finish, Some(finish));
            prop_assert_eq!(outcome.tokens.total, Some(5));
        }
    }
}
