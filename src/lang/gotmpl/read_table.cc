#include "lang/gotmpl/read_table.hh"

#include <algorithm>
#include <utility>

#include "base/hash.hh"

namespace taut::gotmpl {
namespace {

bool is_node(const Value& value) { return value.is_map() || value.is_list(); }

uint64_t hash_of(uint32_t node, Watch::What what, uint32_t index, std::string_view key) {
  const uint64_t place = (uint64_t{node} << 32 | index) ^ uint64_t{static_cast<uint8_t>(what)} << 28;
  return mix(std::hash<std::string_view>()(key), place);
}

// The keys of a map as one text that no other keys make.
std::string keys_of(const Map& map) {
  std::string out;
  for (size_t i = 0; i < map.size(); ++i) {
    const std::string_view key = map.key(i);
    out.append(std::to_string(key.size())).append(":").append(key);
  }
  return out;
}

size_t size_of(const Value& node) { return node.is_map() ? node.map().size() : node.list().size(); }

const taut::Value* document_of(const Value& node) { return node.is_map() ? node.map().document() : node.list().document(); }

uint32_t& id_of(const Value& node) { return node.is_map() ? node.map().watch_id() : node.list().watch_id(); }

}  // namespace

class ReadTable::Quiet {
 public:
  explicit Quiet(ReadTable& table) : table_(table), before_(std::exchange(table.listening_, false)) {}
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() { table_.listening_ = before_; }

 private:
  ReadTable& table_;
  bool before_;
};

void ReadTable::start(const std::vector<Value>& roots, const std::vector<Value>& constants) {
  ++render_;
  ++epoch_;
  constants_.clear();
  for (const Value& value : constants) constants_.push_back(&value.object());
  if (nodes_.empty()) nodes_.resize(roots.size());
  for (size_t i = 0; i < roots.size(); ++i) {
    nodes_[i] = {roots[i], render_};
    id_of(roots[i]) = static_cast<uint32_t>(i + 1);
  }
}

bool ReadTable::holds(const Reads& reads) {
  return reads.whole && !broken_ &&
         std::all_of(reads.entries.begin(), reads.entries.end(), [&](uint32_t at) { return check(entries_[at]); });
}

void ReadTable::begin() {
  current_ = {};
  ++record_;
  listening_ = true;
}

ReadTable::Reads ReadTable::end() {
  listening_ = false;
  current_.entries.shrink_to_fit();
  return std::move(current_);
}

// Once in each epoch: after a write, what was seen before may be otherwise.
bool ReadTable::check(Entry& entry) {
  if (entry.epoch == epoch_) return entry.holds;
  entry.epoch = epoch_;
  entry.holds = false;
  const Node& node = nodes_[entry.node];
  if (node.render != render_) return false;
  const Value value = node.value;
  switch (entry.what) {
    case What::kKey: return entry.holds = value.is_map() && matches(entry.outcome, value.map().get(entry.key));
    case What::kItem:
      return entry.holds = value.is_list() && entry.index < value.list().size() &&
                           matches(entry.outcome, value.list().at(entry.index));
    case What::kSize: return entry.holds = size_of(value) == entry.outcome.bits;
    case What::kKeys: return entry.holds = value.is_map() && keys_of(value.map()) == entry.outcome.text;
    case What::kDocument: {
      const taut::Value* document = document_of(value);
      return entry.holds = document != nullptr && *document == entry.document;
    }
  }
  return false;
}

// The outcome of something found in this render; false if no later one could be held against it. A node that has no
// number yet gets one.
bool ReadTable::outcome_of(const Value& found, Outcome& out) {
  out.kind = found.kind();
  if (is_node(found)) {
    uint32_t& id = id_of(found);
    out.named = found.named();
    if (id == kConstantNode) return true;
    if (id == 0) return false;
    if (id == kNewNode) {
      nodes_.push_back({found, render_});
      id = static_cast<uint32_t>(nodes_.size());
    }
    out.node = id;
    return true;
  }
  if (found.is_struct()) {
    auto known = std::find(constants_.begin(), constants_.end(), &found.object());
    out.bits = static_cast<uint64_t>(known - constants_.begin());
    return known != constants_.end();
  }
  if (found.kind() == Kind::kComplex128) return false;
  if (found.is_string() || found.kind() == Kind::kBytes) out.text = found.as_text();
  else out.bits = found.as_uint();
  return true;
}

// Whether something found in this render is what the outcome was in another. A node that has no number yet gets the
// outcome's, unless another has it.
bool ReadTable::matches(const Outcome& outcome, const Value& found) {
  if (found.kind() != outcome.kind) return false;
  if (is_node(found)) {
    if (found.named() != outcome.named) return false;
    uint32_t& id = id_of(found);
    if (id == kConstantNode || outcome.node == 0) return id == kConstantNode && outcome.node == 0;
    if (id != kNewNode) return id == outcome.node;
    Node& node = nodes_[outcome.node - 1];
    if (node.render == render_) return false;
    node = {found, render_};
    id = outcome.node;
    return true;
  }
  if (found.is_string() || found.kind() == Kind::kBytes) return found.as_text() == outcome.text;
  Outcome now;
  return outcome_of(found, now) && now.bits == outcome.bits;
}

// The read of this kind that was kept last.
uint32_t* ReadTable::find(uint32_t node, What what, uint32_t index, std::string_view key) {
  auto [from, to] = latest_.equal_range(hash_of(node, what, index, key));
  for (auto it = from; it != to; ++it) {
    const Entry& entry = entries_[it->second];
    if (entry.node == node && entry.what == what && entry.index == index && entry.key == key) return &it->second;
  }
  return nullptr;
}

void ReadTable::note(uint32_t at) {
  if (entries_[at].record == record_) return;
  entries_[at].record = record_;
  current_.entries.push_back(at);
}

void ReadTable::keep(uint32_t* known, Entry entry) {
  entry.epoch = epoch_;
  entry.holds = true;
  const auto at = static_cast<uint32_t>(entries_.size());
  if (known) *known = at;
  else latest_.emplace(hash_of(entry.node, entry.what, entry.index, entry.key), at);
  entries_.push_back(std::move(entry));
  note(at);
}

void ReadTable::read(uint32_t id, What what, uint32_t index, std::string_view key, const Value& found) {
  if (!listening_ || id == kConstantNode) return;
  if (id == kNewNode) return spoil();
  const Quiet quiet(*this);
  uint32_t* known = find(id - 1, what, index, key);
  if (known && check(entries_[*known])) return note(*known);
  Entry entry{.node = id - 1, .what = what, .index = index, .key = std::string(key)};
  const Value node = nodes_[id - 1].value;
  if (what == What::kSize) entry.outcome.bits = size_of(node);
  else if (what == What::kKeys) entry.outcome.text = keys_of(node.map());
  else if (what == What::kDocument) entry.document = *document_of(node);
  else if (!outcome_of(found, entry.outcome)) return spoil();
  keep(known, std::move(entry));
}

void ReadTable::wrote(uint32_t id) {
  if (!listening_) return;
  spoil();
  ++epoch_;
  if (id == kConstantNode) broken_ = true;
}

}  // namespace taut::gotmpl
