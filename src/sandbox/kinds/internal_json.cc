#include "sandbox/kinds/internal_json.hh"

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/strings.hh"
#include "embedded/sandbox_go_internal_types.hh"
#include "sandbox/kinds/go_types.hh"
#include "sandbox/kinds/line_diff.hh"
#include "value/json.hh"

namespace taut::sandbox::kinds {
namespace {

struct InternalField {
  std::string_view name;  // as printed; "" for object metadata, whose fields stand in the parent
  std::string_view from;  // the served field; one of the parent's when `outer`
  bool outer = false;
  std::string_view type;  // an expression of go_types.txt
};

using Internals = std::unordered_map<std::string_view, std::vector<InternalField>>;

const Internals& internals() {
  static const Internals known = [] {
    Internals out;
    std::vector<InternalField>* current = nullptr;
    for (std::string_view line : split(embedded::sandbox_go_internal_types(), '\n')) {
      std::vector<std::string_view> words = split(line, ' ');
      if (words.size() == 2) current = &out[words[1]];
      if (words.size() != 3) continue;
      InternalField field{words[0], words[1], words[1].starts_with('^'), words[2]};
      if (field.name == "&") field.name = {};
      if (field.outer) field.from.remove_prefix(1);
      current->push_back(field);
    }
    return out;
  }();
  return known;
}

class Printer {
 public:
  explicit Printer(std::string_view indent) : indent_(indent) {}

  void print(std::string_view type, const Value& value, const Value& parent) {
    const bool pointer = type.starts_with('*');
    if (pointer) type.remove_prefix(1);
    if (type[0] == '[') return list(type.substr(1), value, parent);
    if (type[0] == '{') return map(type.substr(1), value, parent);
    if (type.size() > 1) {
      if (pointer && value.is_null() && !lifted(type, parent)) return raw("null");
      return structure(type, value, parent);
    }
    scalar(type[0], pointer, value);
  }

  std::string take() { return std::move(out_); }

 private:
  // The pod's security context is there when one of the fields is that the served version has in the pod's spec.
  static bool lifted(std::string_view type, const Value& parent) {
    auto known = internals().find(type);
    if (known == internals().end()) return false;
    for (const InternalField& field : known->second) {
      if (field.outer && parent.contains(field.from)) return true;
    }
    return false;
  }

  void raw(std::string_view text) { out_ += text; }

  void scalar(char shape, bool pointer, const Value& value) {
    if (!value.is_null()) return append_json(value, out_, {.escape_html = true});
    if (pointer || std::string_view("tmyrJF").find(shape) != std::string_view::npos) return raw("null");
    raw(shape == 's' ? "\"\"" : shape == 'b' ? "false" : shape == 'Q' ? "\"0\"" : shape == 'd' ? "\"0s\"" : "0");
  }

  void line() {
    if (indent_.empty()) return;
    out_ += '\n';
    for (size_t i = 0; i < depth_; ++i) out_ += indent_;
  }

  // Brackets around items, each put down by a call of `item()` before it.
  template <class Body>
  void bracketed(char open, char close, Body body) {
    out_ += open;
    const size_t start = out_.size();
    ++depth_;
    body([&] {
      if (out_.size() > start) out_ += ',';
      line();
    });
    --depth_;
    if (out_.size() > start) line();
    out_ += close;
  }

  void key(std::string_view name) {
    append_json_string(name, out_, true);
    out_ += indent_.empty() ? ":" : ": ";
  }

  void list(std::string_view element, const Value& value, const Value& parent) {
    if (value.is_null()) return raw("null");
    bracketed('[', ']', [&](auto item) {
      for (const Value& one : value.items()) {
        item();
        print(element, one, parent);
      }
    });
  }

  void map(std::string_view element, const Value& value, const Value& parent) {
    if (value.is_null()) return raw("null");
    bracketed('{', '}', [&](auto item) {
      for (const Entry& entry : value.entries()) {
        item();
        key(entry.key());
        print(element, entry.value, parent);
      }
    });
  }

  void structure(std::string_view type, const Value& value, const Value& parent) {
    bracketed('{', '}', [&](auto item) { fields(type, value, parent, item); });
  }

  template <class Item>
  void fields(std::string_view type, const Value& value, const Value& parent, Item& item) {
    auto known = internals().find(type);
    if (known == internals().end()) return served_fields(type, value, item);
    for (const InternalField& field : known->second) {
      if (field.name.empty()) {
        served_fields(field.type, value[field.from], item);
        continue;
      }
      item();
      key(field.name);
      print(field.type, field.outer ? parent[field.from] : value[field.from], value);
    }
  }

  // A struct with JSON tags, as all of apimachinery's.
  template <class Item>
  void served_fields(std::string_view type, const Value& value, Item& item) {
    const GoType* served = go_type(type);
    if (served == nullptr) return;
    for (const GoField* field : served->ordered) {
      const Value* there = value.find(field->name);
      if (there == nullptr && (field->omit_empty || field->omit_zero)) continue;
      item();
      key(field->name);
      expression(field->expression, there ? *there : Value());
    }
  }

  void expression(const GoExpression& type, const Value& value) {
    if (type.shape == 'S') {
      if (type.pointer && value.is_null()) return raw("null");
      return bracketed('{', '}', [&](auto item) { served_fields(type.type->name, value, item); });
    }
    if (type.shape == '[' && !value.is_null()) {
      return bracketed('[', ']', [&](auto item) {
        for (const Value& one : value.items()) {
          item();
          expression(*type.element, one);
        }
      });
    }
    if (type.shape == '{' && !value.is_null()) {
      return bracketed('{', '}', [&](auto item) {
        for (const Entry& entry : value.entries()) {
          item();
          key(entry.key());
          expression(*type.element, entry.value);
        }
      });
    }
    if (type.shape == '[' || type.shape == '{') return raw("null");
    scalar(type.shape, type.pointer, value);
  }

  std::string_view indent_;
  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

std::string internal_json(std::string_view type, const Value& value, std::string_view indent) {
  Printer printer(indent);
  printer.print(type, value, Value());
  return printer.take();
}

std::string internal_diff(std::string_view type, const Value& before, const Value& after) {
  return unified_diff(internal_json(type, before, " "), internal_json(type, after, " "));
}

}  // namespace taut::sandbox::kinds
