// What templates read of the data they are given, so that one whose reads would give the same again need not run again.
//
// Maps and lists that are watched (Map::watch) tell the Heap's Watch of every key, index and size that is asked for,
// whoever asks: fields, range, functions, printing. A ReadTable numbers the nodes by the way they were come by and keeps
// each read with what it gave. In a later render, with other nodes, the same way leads to the same number, and a read
// holds if it gives the same scalar, the same keys, or the node of the same number: what can be reached over two ways
// must be one node there, too. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lang/gotmpl/heap.hh"

namespace taut::gotmpl {

class ReadTable : public Watch {
 public:
  // The reads of one template, in order. Not `whole`: something was read that cannot be held against a later render,
  // or written, and the template must always run.
  struct Reads {
    std::vector<uint32_t> entries;
    bool whole = true;
  };

  // A render begins on these contexts, which are watched: always as many, in the same order. Structs among `constants`
  // are the same in all renders.
  void start(const std::vector<Value>& roots, const std::vector<Value>& constants);

  // Whether the reads of a template give now what they gave then.
  bool holds(const Reads& reads);

  // What is read from here on, until `end`. The table is the heap's watch all the while.
  void begin();
  Reads end();
  // What was asked for besides is another time something else: the clock, random bytes, the cluster.
  void spoil() { current_.whole = false; }
  // Something that no later render could be held against was written; nothing of this table may be used again.
  bool broken() const { return broken_; }
  // How many reads are kept, with those that no template needs any more.
  size_t size() const { return entries_.size(); }

  void read(uint32_t id, What what, uint32_t index, std::string_view key, const Value& found) override;
  void wrote(uint32_t id) override;

 private:
  // What a read gave: a scalar by its bits or text, or a node by its number.
  struct Outcome {
    Kind kind = Kind::kInvalid;
    bool named = false;
    uint32_t node = 0;  // 0: constant
    uint64_t bits = 0;
    std::string text;
  };
  struct Entry {
    uint32_t node;  // index of nodes_
    What what;
    uint32_t index;
    std::string key;
    Outcome outcome;
    taut::Value document;
    uint32_t epoch = 0;   // when it was checked last
    uint32_t record = 0;  // the record that has it already
    bool holds = false;
  };
  struct Node {
    Value value;
    uint32_t render = 0;  // `value` is of that render
  };

  // Keeps what it looks at itself from being noted.
  class Quiet;

  bool check(Entry& entry);
  bool outcome_of(const Value& found, Outcome& out);
  bool matches(const Outcome& outcome, const Value& found);
  uint32_t* find(uint32_t node, What what, uint32_t index, std::string_view key);
  void keep(uint32_t* known, Entry entry);
  void note(uint32_t at);

  std::vector<Node> nodes_;
  std::vector<Entry> entries_;
  std::unordered_multimap<uint64_t, uint32_t> latest_;  // by a hash of what is read
  std::vector<const void*> constants_;
  Reads current_;
  uint32_t render_ = 0, epoch_ = 0, record_ = 0;
  bool listening_ = false, broken_ = false;
};

}  // namespace taut::gotmpl
