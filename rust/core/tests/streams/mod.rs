//! Streams of every shape, made of events that are like each other, as those of servers are, and of
//! events that make it dangerous to think so.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A payload to be filled in, `'` for quotation marks: `@T` is the text, `@I` and `@J` are indices,
/// `@H` is what comes first in every payload, `@P` what comes last, `@L` a literal that may change.
type Row = &'static str;

const CHAT: &[Row] = &[
    "{@H'choices':[{'index':@I,'delta':{'content':'@T'}@L}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':'@T'},'finish_reason':null}],'usage':null@P}",
    "{@H'choices':[{'index':@I,'delta':{'role':'assistant','content':'@T'}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'reasoning_content':'@T'}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'reasoning':'@T','content':''@L}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'reasoning':'@T','reasoning_content':'x'}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'refusal':'@T','content':null}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'tool_calls':[{'index':@J,'function':{'arguments':'@T'}}]}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'tool_calls':[{'index':@J,'function':{'arguments':'@T'}}]}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'tool_calls':[{'index':@J,'id':'c@J','type':'function','function':{'name':'f','arguments':'@T'}}]}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'tool_calls':[{'index':@J,'id':'@L','function':{'name':'f','arguments':'@T'}}]}}]@P}",
    "{@H'choices':[{'index':0,'delta':{'tool_calls':[{'id':'c@J','function':{'arguments':'@T'}}]}}]@P}",
    "{@H'choices':[{'index':0,'delta':{'tool_calls':[{'function':{'arguments':'@T'}}]}}]@P}",
    "{@H'choices':[{'index':0,'delta':{'tool_calls':[{'function':{'name':'f','arguments':'@T'}}]}}]@P}",
    "{@H'choices':[{'index':0,'delta':{'tool_calls':[{'index':@I,'custom':{'input':'@T'}},{'index':@J,'function':{'arguments':''}}]}}]@P}",
    "{@H'choices':[{'index':0,'delta':{'content':'@T','tool_calls':[{'index':@J,'function':{'arguments':''}}]}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':[{'type':'text','text':'@T'}]}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':[{'type':'thinking','thinking':[{'type':'text','text':'@T'}]}]}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':'@T'}},{'index':@J,'delta':{'content':''}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':'@T'}},{'index':@J}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':'a','content':'@T'},'delta':{'content':'@T'}}]@P}",
    "{@H'choices':[{'index':@I,'message':{'content':'@T'}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':'@T'},'logprobs':{'content':[@J]}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'function_call':{'name':'f','arguments':'@T'}}}]@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':'@T'},'finish_reason':'stop@L'}]@P}",
    "{@H'choices':[],'usage':{'prompt_tokens':@I,'completion_tokens':@J}@P}",
    "{@H'choices':[{'index':@I,'delta':{'content':'@T'}}],'x_groq':{'id':'@J'},'error':false@P}",
    "{@H'text':'a','choices':[{'index':@I,'delta':{'content':'@T'}}],'p':'@T','p':'b'@P}",
    "{@H'choices':[{'index':0,'delta':{'content':'@T'}}],'error':{'message':'@T','code':50@I}@P}",
];

const COMPLETIONS: &[Row] = &[
    "{@H'choices':[{'text':'@T','index':@I,'logprobs':null,'finish_reason':null@L}],'usage':null@P}",
    "{@H'choices':[{'text':'@T','index':@I}]@P}",
    "{@H'choices':[{'text':'@T'}]@P}",
    "{@H'choices':[{'index':@I,'text':'@T','finish_reason':'length'}]@P}",
    "{@H'choices':[{'index':@I,'text':'@T'},{'index':@J,'text':''}]@P}",
    "{@H'choices':[],'usage':{'total_tokens':@J}@P}",
];

const MESSAGES: &[Row] = &[
    "{'type':'content_block_delta','index':@I,'delta':{'type':'text_delta','text':'@T'@L}@P}",
    "{'type':'content_block_delta','index':@I,'delta':{'type':'text_delta','text':'@T'}@P}",
    "{'type':'content_block_delta','index':@I,'delta':{'type':'thinking_delta','thinking':'@T'}@P}",
    "{'type':'content_block_delta','index':@I,'delta':{'type':'input_json_delta','partial_json':'@T'}@P}",
    "{'index':@I,'delta':{'type':'text_delta','text':'@T'}@P}",
    "{'type':'content_block_delta','index':@I,'delta':{'type':'signature_delta','signature':'@T'}@P}",
    "{'type':'content_block_delta','index':@I,'delta':{'type':'citations_delta','citation':{'cited_text':'@T'}}@P}",
    "{'type':'content_block_delta','index':@I,'delta':{'type':'compaction_delta','content':'@T'}@P}",
    "{'type':'content_block_start','index':@I,'content_block':{'type':'text','text':'@T'}@P}",
    "{'type':'content_block_start','index':@I,'content_block':{'type':'thinking','thinking':''}@P}",
    "{'type':'content_block_start','index':@I,'content_block':{'type':'tool_use','id':'t@J','name':'f','input':{}}@P}",
    "{'type':'content_block_stop','index':@I@P}",
    "{'type':'ping'@P}",
    "{'type':'message_start','message':{'id':'m','usage':{'input_tokens':@J}}@P}",
    "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':@J}@P}",
    "{'type':'message_stop'@P}",
];

const RESPONSES: &[Row] = &[
    "{'type':'response.output_text.delta',@H'output_index':@I,'content_index':@J,'delta':'@T','logprobs':[]@P}",
    "{'type':'response.output_text.delta',@H'output_index':@I,'content_index':0,'delta':'@T'@L@P}",
    "{'type':'response.refusal.delta',@H'output_index':@I,'delta':'@T'@P}",
    "{'type':'response.reasoning_summary_text.delta',@H'output_index':@I,'summary_index':@J,'delta':'@T'@P}",
    "{'type':'response.function_call_arguments.delta',@H'output_index':@I,'delta':'@T'@P}",
    "{'type':'response.function_call_arguments.done',@H'output_index':@I,'arguments':'@T'@P}",
    "{'type':'response.output_text.done',@H'output_index':@I,'content_index':@J,'text':'@T'@P}",
    "{'type':'response.output_item.added',@H'output_index':@I,'item':{'type':'function_call','call_id':'c@J','name':'f','arguments':'@T'}@P}",
    "{'type':'response.output_item.added',@H'output_index':@I,'item':{'type':'message','id':'m@J'}@P}",
    "{'type':'response.output_item.done',@H'output_index':@I,'item':{'type':'message','content':[{'type':'output_text','text':'@T'}]}@P}",
    "{'type':'response.created',@H'response':{'id':'r','model':'m'}@P}",
    "{'type':'response.completed',@H'response':{'status':'completed','usage':{'input_tokens':@J},'output':[{'type':'message','content':[{'type':'output_text','text':'@T'}]}]}@P}",
    "{'type':'response.failed',@H'response':{'error':{'code':'server_error','message':'@T'}}@P}",
];

/// What comes first in a chunk, or after the type; `@N` is the event's number.
const HEADS: &[&str] = &[
    "'id':'c1','object':'@O','created':1762790400,'model':'m',",
    "'id':'c@N','object':'@O','created':1762790400,'model':'m',",
    "'object':'@O','created':@N,'id':'c','sequence_number':@N,",
    "'item_id':'i1','sequence_number':@N,",
    "'item_id':'i@N',",
    "",
    "'id':'','object':'','created':0,'model':'',",
    "'id':@N,'object':null,'created':'@N','created':@N, ",
];

const PADS: &[&str] = &[
    "",
    "",
    ",'obfuscation':'@X'",
    ",'p':'@X'",
    "@Z",
    ",'sequence_number':@N",
    ",'obfuscation':@N",
    ",'obfuscation':'@X'@Z",
    " ,\t'x' : [@N] ",
];

/// The inside of a string.
const TEXTS: &[&[u8]] = &[
    b" the",
    b"Hello",
    b"",
    b".",
    br"\n\n",
    br#"say \"hi\" \\"#,
    br"\u00e9t\u00e9",
    br"\ud83d",
    br"\ude00",
    br"\ud83d\ude00",
    "caf\u{e9}".as_bytes(),
    "海は広い".as_bytes(),
    "🌊".as_bytes(),
    "\u{2028}".as_bytes(),
    b"\xff",
    b"\xe6\xb5",
    b"}]}",
    b"0123456789abcdef0123456789abcdef",
    br#"{\"a\":1}"#,
    b"data: ",
];

/// Blocks that are none of the above.
const ODD: &[&str] = &[
    ": ping",
    "id: 7\ndata: {}",
    "retry: 10",
    "data: [DONE]",
    "data: {'a'",
    "data: null",
    "data",
    "",
    "error: {'message':'x'}",
    "data: {'a':1}\ndata: {'b':2}",
    "event: ping",
    "data: {\n: c\ndata: }",
    "event: error\ndata: no JSON",
    "data: [1] [DONE]",
    "error:",
    "error",
];

#[derive(Clone, Debug)]
struct Step {
    /// One of the first rows, which are the usual ones, or any.
    row: (Index, bool),
    texts: Vec<&'static [u8]>,
    index: u8,
    other: u8,
    head: Option<Index>,
    pad: Index,
    /// Counts up from event to event, or is always the same.
    literal: Option<bool>,
    odd: Option<Index>,
}

fn of(all: &[&'static str], place: Index) -> &'static str {
    all[place.index(all.len())]
}

fn rare<S: Strategy>(strategy: S) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::weighted(0.06, strategy)
}

fn step() -> impl Strategy<Value = Step> {
    let index = || prop_oneof![3 => Just(0_u8), 2 => 0..3_u8, 1 => 0..20_u8];
    let fields = (vec(select(TEXTS), 1..7), index(), index(), rare(any::<Index>()));
    let more = (any::<Index>(), rare(any::<bool>()), rare(any::<Index>()));
    let row = (any::<Index>(), prop::bool::weighted(0.4));
    (row, fields, more).prop_map(|(row, (texts, index, other, head), (pad, literal, odd))| Step {
        row,
        texts,
        index,
        other,
        head,
        pad,
        literal,
        odd,
    })
}

/// The kinds of stream.
const SHAPES: [(&[Row], &str); 4] = [
    (CHAT, "chat.completion.chunk"),
    (COMPLETIONS, "text_completion"),
    (MESSAGES, ""),
    (RESPONSES, ""),
];

/// A stream of one shape.
pub(crate) fn stream() -> impl Strategy<Value = Vec<u8>> {
    let prefix = select(vec!["data: ", "data: ", "data:", "event: @K\ndata: ", "event:x\ndata: "]);
    let newline = select(vec!["\n", "\n", "\r\n", "\r"]);
    let whole = (select(SHAPES.to_vec()), any::<Index>(), any::<Index>(), prefix, newline);
    (whole, vec(step(), 1..24)).prop_map(|((shape, head, pad, prefix, newline), steps)| {
        let (rows, object) = shape;
        let mut out = Vec::new();
        let mut n = 0;
        for step in steps {
            // A pad of one's own is rare, too.
            let pad = if step.literal.is_some() { step.pad } else { pad };
            let (place, usual) = step.row;
            let row = of(if usual { &rows[..2] } else { rows }, place);
            let kind = row.split("'type':'").nth(1).and_then(|rest| rest.split('\'').next());
            for text in step.texts {
                n += 1;
                let literal = match step.literal {
                    None => String::new(),
                    Some(counts) => format!(",'@@':{}", if counts { n } else { 1 }),
                };
                let filled = format!("{prefix}{row}\n\n")
                    .replace("@H", of(HEADS, step.head.unwrap_or(head)))
                    .replace("@P", of(PADS, pad))
                    .replace("@K", kind.filter(|_| shape.1.is_empty()).unwrap_or("message"))
                    .replace("'@L'", &format!("'l{}'", literal.len() + usize::from(step.other)))
                    .replace("stop@L", if step.literal.is_some() { "stop" } else { "length" })
                    .replace("@L", &literal)
                    .replace("@I", &step.index.to_string())
                    .replace("@J", &step.other.to_string())
                    .replace("@N", &n.to_string())
                    .replace("@O", object)
                    .replace("@X", &"abcdefghijklmnopqrstuvwxyz"[..n % 23])
                    .replace("@Z", &" ".repeat(n % 5))
                    .replace('\'', "\"")
                    .replace('\n', newline);
                // The text last: it may be no UTF-8.
                let parts: Vec<&[u8]> = filled.split("@T").map(str::as_bytes).collect();
                out.extend_from_slice(&parts.join(text));
            }
            if let Some(odd) = step.odd {
                let odd = of(ODD, odd).replace('\'', "\"") + "\n\n";
                out.extend_from_slice(odd.replace('\n', newline).as_bytes());
            }
        }
        out
    })
}

/// A stream that something has happened to.
pub(crate) fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![select(b"\"\\{}[],: \n\r0a\x00\xff".to_vec()), any::<u8>()];
    let edit = (any::<Index>(), 0_u8..6, byte, any::<Index>());
    (stream(), vec(edit, 1..5)).prop_map(|(mut stream, edits)| {
        for (place, what, byte, length) in edits {
            let at = place.index(stream.len() + 1);
            let end = at + length.index(stream.len() - at + 1).min(400);
            match what {
                0 | 1 if at < stream.len() => stream[at] = byte,
                2 => drop(stream.drain(at..end)),
                3 => stream.truncate(at),
                4 => {
                    let again = stream[at..end].to_vec();
                    stream.splice(at..at, again);
                }
                _ => stream.insert(at, byte),
            }
        }
        stream
    })
}
