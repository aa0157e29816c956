"use strict";
// Suggestions for plain words, found as `questions/suggest.py` finds them: questions with their
// arguments filled in, then things. Both read the index of `questions/suggest_index.py`.
(() => {
  const COMMON = new Set(("a an and are as at be by can could do does for from how i if in is it of on or that the " +
    "there they to we what when where which who whom whose why will with without would us our").split(" "));
  const ENDINGS = ["ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "er", "ly", "al", "e", "y"];
  const NUMBERS = new Map(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    .map((word, at) => [word, String(at + 2)]));
  const KEYWORD = 1.5, IDENT = 2, FILLED = 2, NUMBERED = 0.5, EXACT = 2, WHOLE = 0.6, LEAST = 0.4, LONGEST = 6, CLEAR = 1.3, ASK = "ask/";
  const PROPER = ["state", "system", "line", "company", "post"];
  const rare = (whole, holding) => Math.log(1 + whole / holding);
  const round = (value) => Math.round(value * 1e6) / 1e6;
  const before = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  const prepared = new WeakMap();

  function folded(text) {
    const small = text.trim().toLowerCase();
    if (/^[\x20-\x7e]*$/.test(small)) return small;
    return small.replaceAll("ß", "ss").normalize("NFKD").replaceAll("\u0131", "i").replace(/\p{Mn}/gu, "");
  }

  function stem(word) {
    const ending = ENDINGS.find((each) => word.endsWith(each) && word.length - each.length >= 3);
    return ending ? word.slice(0, -ending.length) : word;
  }

  function stems(text) {
    const told = folded(text.replace(/\bU\.?S\b\.?/g, "USA")).replace(/['\u2019]s\b/g, "")
      .replace(/(^|[^a-z0-9])([a-z]{1,3})-(?=[0-9])/g, "$1$2");
    return (told.match(/[a-z0-9]+/g) ?? []).filter((word) => !COMMON.has(word))
      .map((word) => NUMBERS.get(word) ?? stem(word));
  }

  function typingErrors(one, other) {
    let last = [], row = Array.from({ length: other.length + 1 }, (_, at) => at);
    for (let at = 1; at <= one.length; at++) {
      const earlier = last;
      last = row;
      row = [at];
      for (let to = 1; to <= other.length; to++) {
        const changed = last[to - 1] + (one[at - 1] !== other[to - 1] ? 1 : 0);
        const best = Math.min(last[to] + 1, row[to - 1] + 1, changed);
        const swapped = at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
        row.push(swapped ? Math.min(best, earlier[to - 2] + 1) : best);
      }
    }
    return row[other.length];
  }

  // Words that a word may stand for: itself, those that it starts, those within a typing error.
  function alike(word, vocabulary) {
    if (vocabulary.has(word)) return [[word, 1]];
    const stated = [...vocabulary.keys()];
    if (word.length >= 3) {
      const longer = stated.filter((each) => each.startsWith(word)).sort(before);
      if (longer.length) return longer.map((each) => [each, word.length / each.length]);
    }
    const most = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
    return (most ? stated : [])
      .filter((each) => each[0] === word[0] && Math.abs(each.length - word.length) <= most)
      .map((each) => [each, typingErrors(word, each)]).filter(([, errors]) => errors <= most)
      .map(([each, errors]) => [each, 1 - errors / word.length])
      .sort((one, other) => other[1] - one[1] || before(one[0], other[0])).slice(0, 3);
  }

  function lexicon(index) {
    const questions = index.questions.map(([path, text, keywords]) => {
      const held = new Map(stems(text).map((each) => [each, 1]));
      for (const keyword of keywords) for (const each of stems(keyword)) held.set(each, KEYWORD);
      for (const each of stems(path.startsWith(ASK) ? path.slice(ASK.length) : path)) held.set(each, IDENT);
      return held;
    });
    const spread = new Map(), fillSpread = new Map(), holders = new Map(), bearers = new Map();
    const numbered = new Set();  // words with a number behind them that is part of a name: "Leopard 2"
    const count = (found, key) => found.set(key, (found.get(key) ?? 0) + 1);
    const add = (found, key, value) => (found.get(key) ?? found.set(key, []).get(key)).push(value);
    for (const held of questions) for (const each of held.keys()) count(spread, each);
    for (const [, , , parameters] of index.questions) {
      for (const kind of new Set(parameters.map((each) => each[1]))) count(fillSpread, kind);
    }
    const things = [], names = [], called = new Map();
    for (const [kind, [weight, rows]] of Object.entries(index.kinds)) {
      for (const [ident, name, ...more] of rows) {
        const path = kind === "page" ? ident : `${kind}/${ident}`;
        for (const text of new Set([name || ident, ident, ...more])) {
          const found = stems(text), own = new Set(found);
          for (const each of own) add(holders, each, names.length);
          names.push([things.length, own.size]);
          found.forEach((each, at) => { if (at && /^\d{1,3}$/.test(each)) numbered.add(`${found[at - 1]} ${each}`); });
          const key = found.join(" ");
          if (found.length && found.length <= LONGEST && !bearers.get(key)?.includes(path)) add(bearers, key, path);
        }
        called.set(path, name || ident);
        things.push([kind, path, name || ident, weight]);
      }
    }
    return { questions, spread, fillSpread, holders, bearers, things, names, called, numbered };
  }

  const best = (found) => {
    const most = Math.max(0, ...found.map((item) => item.score));
    return found.filter((item) => item.score > 0 && item.score >= LEAST * most)
      .sort((one, other) => other.score - one.score);
  };

  // Things named in full, the longest names first from left to right: places, addresses.
  function namedIn(known, words) {
    const clear = words.map((word) => {
      if (known.holders.has(word) || known.spread.has(word)) return word;
      const found = alike(word, known.holders);
      return found.length && !found[0][0].startsWith(word) ? found[0][0] : word;
    });
    const found = [];
    for (let place = 0; place < words.length;) {
      let length = Math.min(LONGEST, words.length - place);
      while (length && !known.bearers.has(clear.slice(place, place + length).join(" "))) length--;
      if (length) {
        const places = Array.from({ length }, (_, at) => place + at);
        found.push([places, known.bearers.get(clear.slice(place, place + length).join(" "))]);
      }
      place += length || 1;
    }
    return found;
  }

  function filled(index, known, parameters, named, words) {
    const found = new Map(), taken = new Set();
    const fill = (name, kind, value, places) => { taken.add(kind); found.set(name, [kind, value, places]); };
    for (const [places, addresses] of named) {
      for (const [name, kind] of parameters) {
        const accepted = index.fills[kind] ?? {};
        const address = addresses.find((each) => Object.hasOwn(accepted, each));
        if (taken.has(kind) || address === undefined) continue;
        fill(name, kind, accepted[address], places);
        break;
      }
    }
    words.forEach((word, place) => {
      if (known.numbered.has(`${words[place - 1]} ${word}`)) return;
      const open = parameters.find(([, kind, , texts]) => !taken.has(kind) && texts.includes(word));
      if (open) fill(open[0], open[1], word, [place]);
    });
    return found;
  }

  // The pieces of a path: arguments that are named, or stand in for those that aren't.
  function argumentsOf(parameters, named) {
    return parameters.map(([name, , usual, , instead]) => [name, named.get(name) ?? instead ?? usual, usual])
      .filter(([, value, usual]) => value !== usual).map(([name, value]) => `${name}=${value}`);
  }

  // The path with all that is named; where no such page is stored, the nearest that is, less named.
  function pathFor(index, head, parameters, named) {
    const path = (kept, known) => [head, ...argumentsOf(kept, known)].join("/");
    const whole = path(parameters, named);
    if (!named.size || !index.stored || index.stored.includes(whole)) return [whole, true];
    const standing = new Map([...named].filter(([name]) => parameters.some((each) => each[0] === name && each.length > 4)));
    const fixed = parameters.filter(([name]) => !named.has(name));
    const near = [path(parameters, standing), path(fixed, new Map()), head];
    return [near.find((each) => index.stored.includes(each)) ?? head, false];
  }

  function questionsFor(index, known, words, named) {
    const whole = index.questions.length;
    const scores = known.questions.map(() => words.map(() => 0));
    words.forEach((word, place) => {
      if (words.indexOf(word) < place) return;
      for (const [each, likeness] of alike(word, known.spread)) {
        const rarity = rare(whole, known.spread.get(each)) * likeness;
        known.questions.forEach((held, at) => { scores[at][place] += (held.get(each) ?? 0) * rarity; });
      }
    });
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    return best(index.questions.flatMap(([head, text, , parameters], at) => {
      const given = filled(index, known, parameters, named, words);
      let score = sum(scores[at]);
      const kind = head.startsWith(ASK) ? "question" : "page";
      if (kind === "page" && !score) return [];
      for (const [asked, , places] of given.values()) {
        const own = places.some((place) => scores[at][place]);
        if (!own) score += (index.fills[asked] ? FILLED : NUMBERED) * rare(whole, known.fillSpread.get(asked));
      }
      const own = new Map(parameters.filter(([name]) => given.has(name)).map(([name]) => [name, given.get(name)[1]]));
      const shown = [...own].map(([name, value]) => `${name} ${value}`).join(", ");
      const [path, stored] = pathFor(index, head, parameters, own);
      const label = shown && stored ? `${text} (${shown})` : text;
      // A question whose page isn't stored with what is named would tell of something else.
      if (kind === "question" && !stored) return [];
      return [{ text: label, path, kind, score: round(score) }];
    }));
  }

  // The thing of a proper kind whose name is all that the words say, before the best other suggestion.
  function exactFor(words, named, found, most) {
    const bearers = new Set(named.filter(([places]) => places.length === words.length).flatMap(([, paths]) => paths));
    const meant = found.find(({ kind, path }) => bearers.has(path) && PROPER.includes(kind));
    return meant ? [{ ...meant, score: round(EXACT * most) }] : [];
  }

  // The figure that the words name by its thing and quantity; none, or the one that fits best.
  function figureFor(index, known, words, named, most) {
    let best = [0];
    for (const [places, addresses] of named) {
      const rest = new Set(words.filter((_, place) => !places.includes(place)));
      for (const address of addresses) {
        for (const quantity of index.quantities[address.split("/")[0]] ?? []) {
          const read = new Set(stems(quantity).filter((each) => rest.has(each))).size;
          if (read && read + places.length > best[0]) best = [read + places.length, address, quantity];
        }
      }
    }
    const [read, address, quantity] = best;
    if (!read) return [];
    const score = round(CLEAR * most * Math.min(read / new Set(words).size, 1));
    return [{ text: `${known.called.get(address)}: ${quantity}`, path: `${address}#${quantity.replaceAll(" ", "_")}`, kind: "figure", score }];
  }

  function thingsFor(known, words) {
    const scores = new Map(), found = new Map();
    for (const word of new Set(words)) {
      const own = new Map();
      for (const [each, likeness] of alike(word, known.holders)) {
        const holding = known.holders.get(each), counted = rare(known.names.length, holding.length) * likeness;
        for (const at of holding) own.set(at, Math.max(own.get(at) ?? 0, counted));
      }
      for (const [at, counted] of own) {
        const [score, hits] = scores.get(at) ?? [0, 0];
        scores.set(at, [score + counted, hits + 1]);
      }
    }
    for (const [at, [score, hits]] of scores) {
      const [thing, size] = known.names[at];
      const counted = score * (1 - WHOLE + WHOLE * Math.min(hits / size, 1)) * known.things[thing][3];
      found.set(thing, Math.max(found.get(thing) ?? 0, counted));
    }
    return best([...found.keys()].sort((one, other) => one - other).map((at) => {
      const [kind, path, text] = known.things[at];
      return { text, path, kind, score: round(found.get(at)) };
    }));
  }

  globalThis.counterpoiseSuggest = (index, text) => {
    if (!prepared.has(index)) prepared.set(index, lexicon(index));
    const known = prepared.get(index), words = stems(text), named = namedIn(known, words);
    const found = thingsFor(known, words), down = (one, other) => other.score - one.score;
    const asked = [...questionsFor(index, known, words, named), ...found.filter(({ kind }) => kind === "page")].sort(down);
    const most = asked.length ? asked[0].score : 1;
    const meant = [...exactFor(words, named, found, most), ...figureFor(index, known, words, named, most)];
    const first = [...meant, ...asked].sort(down).slice(0, 7);
    const rest = found.filter(({ kind, path }) => kind !== "page" && !first.some((item) => item.path === path)).slice(0, 8);
    return [...first, ...rest];
  };
  // Whether the first found is clearly better than the next; and letters as they are compared.
  counterpoiseSuggest.clear = (found) =>
    found.length === 1 || (found.length > 1 && found[0].score >= CLEAR * found[1].score);
  counterpoiseSuggest.folded = folded;
})();
