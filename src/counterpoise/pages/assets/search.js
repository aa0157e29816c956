"use strict";
// Suggestions for a text: [text, path, kind] entries whose words begin with all words given.
window.counterpoiseSuggest = (index, text) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? [] : index
    .filter(([name]) => words.every((word) => name.toLowerCase().includes(word)))
    .slice(0, 12)
    .map(([name, path, kind]) => ({ text: name, path, kind }));
};
