#include "sandbox/kinds/go_types.hh"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "base/strings.hh"
#include "embedded/sandbox_go_types.hh"

namespace taut::sandbox {
namespace {

// The first eight bytes as a number: texts whose numbers differ are in the order of the numbers.
uint64_t head_of(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t out = 0;
  if (text.size() >= sizeof out) std::memcpy(&out, text.data(), sizeof out);
  else if (!text.empty()) std::memcpy(&out, text.data(), text.size());
  return __builtin_bswap64(out);
}

bool holds_structs(const GoExpression& type) {
  return type.shape == 'S' || ((type.shape == '[' || type.shape == '{') && holds_structs(*type.element));
}

struct Table {
  std::unordered_map<std::string, std::unique_ptr<GoType>> types;
  std::unordered_map<Gvk, const GoType*> kinds;

  GoType* named(std::string_view name) {
    auto& slot = types[std::string(name)];
    if (!slot) {
      slot = std::make_unique<GoType>();
      slot->name = name;
      slot->number = types.size() - 1;
    }
    return slot.get();
  }

  GoExpression expression(std::string_view text) {
    GoExpression out;
    if (text.starts_with('*')) {
      out.pointer = true;
      text.remove_prefix(1);
    }
    if (text[0] == '[' || text[0] == '{') {
      out.shape = text[0];
      out.element = std::make_unique<GoExpression>(expression(text.substr(1)));
    } else if (text.size() == 1) {
      out.shape = text[0];
    } else {
      out.shape = 'S';
      out.type = named(text);
    }
    return out;
  }

  void read_line(std::string_view line, GoType*& current) {
    std::vector<std::string_view> words = split(line, ' ');
    if (words[0] == "K") {
      kinds[Gvk::parse(words[1], words[2])] = named(words[3]);
    } else if (words[0] == "T") {
      current = named(words[1]);
      current->go_name = words[2];
    } else {
      GoField field;
      if (words[0] != "&") field.name = words[0];
      std::from_chars(words[1].data(), words[1].data() + words[1].size(), field.number);
      field.omit_empty = contains(words[2], "e");
      field.omit_zero = contains(words[2], "z");
      field.expression = expression(words[3]);
      if (words.size() > 4) field.go_name = words[4];
      current->fields.push_back(std::move(field));
    }
  }

  void flatten(const GoType& from, GoType& into, const std::string& through) {
    for (const GoField& field : from.fields) {
      if (field.name.empty()) {
        const std::string& name = field.expression.type->name;
        std::string own = name.substr(name.find('.') + 1);
        flatten(*field.expression.type, into, through.empty() ? own : through + '.' + own);
        continue;
      }
      into.ordered.push_back(&field);
      if (!through.empty()) into.through[&field] = through;
    }
  }

  Table() {
    GoType* current = nullptr;
    for (std::string_view line : split(embedded::sandbox_go_types(), '\n'))
      if (!line.empty()) read_line(line, current);
    for (auto& [name, type] : types) {
      flatten(*type, *type, "");
      type->sorted = type->ordered;
      std::sort(type->sorted.begin(), type->sorted.end(),
                [](const GoField* a, const GoField* b) { return a->name < b->name; });
      for (const GoField* field : type->sorted) {
        type->heads.push_back(head_of(field->name));
        if (field->always()) type->always.push_back(field);
        if (holds_structs(field->expression)) type->with_structs.push_back(field);
      }
    }
  }
};

const Table& table() {
  static const Table instance;
  return instance;
}

}  // namespace

bool GoField::always() const {
  if (expression.pointer || omit_zero) return !omit_empty && !omit_zero;
  return !omit_empty || std::string_view("SQotmdrF").find(expression.shape) != std::string_view::npos;
}

const GoField* GoType::field(std::string_view name) const {
  const uint64_t head = head_of(name);
  for (size_t i = static_cast<size_t>(std::lower_bound(heads.begin(), heads.end(), head) - heads.begin());
       i < heads.size() && heads[i] == head; ++i) {
    if (sorted[i]->name == name) return sorted[i];
  }
  return nullptr;
}

const GoType* go_type(const Gvk& gvk) {
  auto found = table().kinds.find(gvk);
  return found == table().kinds.end() ? nullptr : found->second;
}

const GoType* go_type(std::string_view name) {
  auto found = table().types.find(std::string(name));
  return found == table().types.end() ? nullptr : found->second.get();
}

}  // namespace taut::sandbox
