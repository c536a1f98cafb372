use std::borrow::Cow;
use std::sync::Arc;

use super::{Rules, STEPS, check_everywhere, feed_json};
use crate::json::string_at;
use crate::relay::rewrite::{Patterns, Rewriter};

#[test]
fn the_leftmost_wins_and_of_those_the_longest() {
    let rules =
        Rules::new(&[("ab", "1"), ("abcd", "2"), ("bcx", "3"), ("c", "4"), ("cd", "5")], &[]);
    for text in ["abcd", "abcx", "abc", "ab", "xbcx", "bcd", "abab", "aabcdabce", "bc"] {
        check_everywhere(&rules, text);
    }
    let rewrite = |text| rules.patterns().whole(text).text.into_owned();
    assert_eq!(rewrite("abcd abcx bcx bcd"), "2 14x 3 b5");
}

#[test]
fn matches_within_what_was_held_are_found_when_it_comes_to_nothing() {
    let rules = Rules::new(&[("abcdefg", "1"), ("bc", "2"), ("e", "3"), ("def", "4")], &[]);
    for text in ["abcdefx", "abcdex", "abcdx", "abcx", "abcdef", "abcdeabcdefg"] {
        check_everywhere(&rules, text);
    }
    assert_eq!(rules.patterns().whole("abcdefx").text, "a24x");
}

#[test]
fn a_stop_string_ends_the_text() {
    let rules = Rules::new(&[("<A>", "Ada"), ("END", "e"), ("STO", "s")], &["END", "STOP", "A>"]);
    for text in ["<A> END more", "STO", "STOP", "xSTO<A>", "A>", "<<A>EEND"] {
        check_everywhere(&rules, text);
    }
    let mut rewriter = rules.rewriter();
    let mut out = String::new();
    assert_eq!(rewriter.feed("hello <", &mut out), None);
    assert_eq!((&*out, rewriter.held()), ("hello ", 1));
    assert_eq!(rewriter.feed("A>, STOP <A>", &mut out), Some(1));
    assert_eq!(rewriter.feed("more <A>", &mut out), Some(1));
    assert_eq!(feed_json(&mut rewriter, r#""\ud83d""#, &mut out), Some(1));
    assert_eq!(rewriter.held(), 0);
    assert_eq!(rewriter.flush(&mut out), Some(1));
    assert_eq!((&*out, rewriter.held(), rewriter.stopped()), ("hello Ada, ", 0, Some(1)));
}

#[test]
fn a_match_is_not_held_when_nothing_can_make_it_longer() {
    let rules = Rules::new(&[("ab", "1"), ("cd", "2"), ("cde", "3")], &[]);
    let mut rewriter = rules.rewriter();
    let mut out = String::new();
    for (piece, so_far, held) in
        [("ab", "1", 0), ("cd", "1", 2), ("a", "12", 1), ("x", "12ax", 0), ("cde", "12ax3", 0)]
    {
        rewriter.feed(piece, &mut out);
        assert_eq!((&*out, rewriter.held()), (so_far, held));
    }
}

#[test]
fn what_replaces_is_not_replaced() {
    let rules = Rules::new(&[("a", "ab"), ("b", "a"), ("c", "")], &["aa"]);
    check_everywhere(&rules, "abcba");
    assert_eq!(rules.patterns().whole("abc").text, "aba");
}

#[test]
fn of_equal_strings_the_stop_then_the_first_counts() {
    let rules = Rules::new(&[("x", "1"), ("x", "2"), ("y", "3")], &["y", "y"]);
    let patterns = rules.patterns();
    let whole = patterns.whole("xxy");
    assert_eq!((&*whole.text, whole.stop), ("11", Some(0)));
}

#[test]
fn a_whole_text_without_a_match_is_not_copied() {
    let patterns = Rules::new(&[("<A>", "x")], &["<B>"]).patterns();
    for text in ["", "none", "<A or B>", "<A"] {
        assert!(matches!(patterns.whole(text).text, Cow::Borrowed(same) if same == text));
    }
}

#[test]
fn empty_strings_are_refused_and_no_strings_are_not() {
    assert!(Patterns::new(&[(String::new(), "x".into())], &[]).is_err());
    assert!(Patterns::new(&[], &[String::new()]).is_err());
    check_everywhere(&Rules::new(&[], &[]), "any");
}

#[test]
fn a_piece_passes_if_nothing_can_begin_in_it() {
    let rules = Rules::new(&[("<A>", "x")], &[]);
    let mut rewriter = rules.rewriter();
    let mut out = String::new();
    let passes =
        |rewriter: &Rewriter, piece: &str| rewriter.passes(string_at(piece.as_bytes(), 0).unwrap());
    assert!(passes(&rewriter, r#""plain é""#));
    assert!(!passes(&rewriter, r#""a < b""#));
    assert!(!passes(&rewriter, r#""\n""#));
    rewriter.feed("<", &mut out);
    assert!(!passes(&rewriter, r#""plain""#));
    rewriter.feed(" ", &mut out);
    assert!(passes(&rewriter, r#""plain""#));
    feed_json(&mut rewriter, r#""\ud83d""#, &mut out);
    assert!(!passes(&rewriter, r#""plain""#));
}

#[test]
fn half_a_surrogate_pair_waits_for_the_other() {
    let rules = Rules::new(&[("\u{1f600}!", "smile")], &[]);
    for (pieces, expected) in [
        (&[r#""a\ud83d""#, r#""\ude00!b""#][..], "asmileb"),
        (&[r#""\ud83d""#, r#""""#, r#""\ude00""#, r#""!""#], "smile"),
        (&[r#""\ud83d""#, r#""\ude00b""#], "\u{1f600}b"),
        (&[r#""\ud83d""#, r#""!""#], "\u{fffd}!"),
        (&[r#""\ud83d""#, r#""\n""#], "\u{fffd}\n"),
        (&[r#""\ud83d""#, r#""\ud83d""#, r#""\ude00!""#], "\u{fffd}smile"),
        (&[r#""\ud83d""#, r#""\u0041""#], "\u{fffd}A"),
        (&[r#""\ude00""#, r#""\ud83d""#], "\u{fffd}\u{fffd}"),
        (&[r#""\\ud83d""#, r#""\ude00""#], "\\ud83d\u{fffd}"),
        (&[r#""\\\ud83d""#, r#""\ude00""#], "\\\u{1f600}"),
        (&[r#""x""#, r#""\ud83d""#], "x\u{fffd}"),
    ] {
        let mut rewriter = rules.rewriter();
        let mut out = String::new();
        for piece in pieces {
            feed_json(&mut rewriter, piece, &mut out);
        }
        rewriter.flush(&mut out);
        assert_eq!(out, expected, "{pieces:?}");
        assert_eq!(rewriter.held(), 0);
    }
    let mut rewriter = rules.rewriter();
    feed_json(&mut rewriter, r#""a\ud83d""#, &mut String::new());
    assert_eq!(rewriter.held(), 3);
}

#[test]
fn the_work_is_linear_however_patterns_overlap() {
    const LENGTH: usize = 20_000;
    let long = "a".repeat(LENGTH);
    let ends = [format!("{long}b"), format!("a{long}c"), format!("c{long}d")];
    for short in [&[][..], &["a"], &["aa", "aaaaaaa"], &["ac", "ca"]] {
        let mut rules = Rules::new(&[], &[]);
        rules.replace.extend(ends.iter().cloned().map(|from| (from, "1".into())));
        rules.replace.extend(short.iter().map(|&from| (from.into(), "2".into())));
        STEPS.set(0);
        let patterns = Arc::new(rules.patterns());
        let size: usize = rules.all().map(|(from, _)| from.len()).sum();
        assert!(STEPS.get() <= 4 * size, "{} to learn {size}", STEPS.get());
        let text = format!("{long}{long}b{long}cc{long}{long}d{}", "ac".repeat(LENGTH));
        for size in [1, 7, text.len()] {
            let mut rewriter = Rewriter::new(patterns.clone());
            let mut out = String::new();
            STEPS.set(0);
            for piece in text.as_bytes().chunks(size) {
                rewriter.feed(str::from_utf8(piece).unwrap(), &mut out);
            }
            rewriter.flush(&mut out);
            assert!(STEPS.get() <= 4 * text.len(), "{} for {}", STEPS.get(), text.len());
            assert_eq!(out, patterns.whole(&text).text);
        }
    }
}

#[test]
fn matches_are_found_within_the_ends_of_what_was_held() {
    let replace = [("baaaa", "zx"), ("abaaaa", "yz"), ("aba", "y"), ("a", "zx")];
    check_everywhere(&Rules::new(&replace, &["bba"]), "abaaabaaab");
}
