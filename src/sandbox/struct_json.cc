#include <algorithm>
#include <set>

#include "sandbox/struct_json.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

class Scanner {
 public:
  Scanner(std::string_view text, std::vector<std::string>& problems) : text_(text), problems_(problems) {}

  void visit_to(std::vector<std::string>& paths) { visited_ = &paths; }

  // `e` is null where the types are not known: only duplicates are looked for there.
  void value(const GoExpression* e) {
    blanks();
    if (at_ >= text_.size()) return;
    if (text_[at_] == '{') {
      object(e != nullptr && e->shape == 'S' ? e->type : nullptr,
             e != nullptr && e->shape == '{' ? e->element.get() : nullptr);
    } else if (text_[at_] == '[') {
      array(e != nullptr && e->shape == '[' ? e->element.get() : nullptr);
    } else if (text_[at_] == '"') {
      string();
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
  }

  void object(const GoType* type, const GoExpression* values) {
    std::set<std::string> seen;
    ++at_;
    for (blanks(); at_ < text_.size() && text_[at_] != '}'; blanks()) {
      std::string key = string();
      blanks();
      ++at_;  // the colon
      size_t path = path_.size();
      path_ += path_.empty() ? key : '.' + key;
      if (visited_ != nullptr) visited_->push_back(path_);
      const GoField* field = type != nullptr ? type->field(key) : nullptr;
      if (type != nullptr && field == nullptr) {
        problems_.push_back("unknown field \"" + path_ + '"');
        Scanner(text_, ignored_).skip(at_);
      } else {
        if (!seen.insert(key).second) problems_.push_back("duplicate field \"" + path_ + '"');
        value(field != nullptr ? &field->expression : values);
      }
      path_.resize(path);
      comma();
    }
    ++at_;
  }

 private:
  void skip(size_t& at) {
    at_ = at;
    value(nullptr);
    at = at_;
  }

  void array(const GoExpression* items) {
    ++at_;
    size_t index = 0, path = path_.size();
    for (blanks(); at_ < text_.size() && text_[at_] != ']'; blanks()) {
      path_ += '[' + std::to_string(index++) + ']';
      if (visited_ != nullptr) visited_->push_back(path_);
      value(items);
      path_.resize(path);
      comma();
    }
    ++at_;
  }

  std::string string() {
    size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
    auto parsed = parse_json(text_.substr(start, at_ - start));
    return parsed ? parsed->str() : std::string();
  }

  void comma() {
    blanks();
    if (at_ < text_.size() && text_[at_] == ',') ++at_;
  }
  void blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  std::string_view text_;
  std::vector<std::string>& problems_;
  std::vector<std::string> ignored_;
  std::string path_;
  std::vector<std::string>* visited_ = nullptr;
  size_t at_ = 0;
};

void append_struct(const GoType& type, const Value& value, std::string& out);

void append_expression(const GoExpression& e, const Value& value, std::string& out) {
  if (e.shape == 'S' && value.is_map()) {
    append_struct(*e.type, value, out);
  } else if (e.shape == '[' && value.is_list()) {
    out += '[';
    for (size_t i = 0; i < value.size(); ++i) {
      if (i != 0) out += ',';
      append_expression(*e.element, value[i], out);
    }
    out += ']';
  } else {
    append_json(value, out);
  }
}

void append_struct(const GoType& type, const Value& value, std::string& out) {
  out += '{';
  bool first = true;
  for (const GoField* field : type.ordered) {
    const Value* there = value.find(field->name);
    if (there == nullptr) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(field->name, out);
    out += ':';
    append_expression(field->expression, *there, out);
  }
  out += '}';
}

}  // namespace

std::string to_struct_json(const GoType& type, const Value& value) {
  std::string out;
  append_struct(type, value, out);
  return out;
}

namespace {

void append_patched(const GoExpression& e, const Value& value, const Value& old, std::string& out) {
  if (value == old) return append_expression(e, value, out);
  if (!value.is_map()) return append_json(value, out);
  out += '{';
  for (const Entry& entry : value.entries()) {
    if (out.back() != '{') out += ',';
    append_json_string(entry.key(), out);
    out += ':';
    const GoField* field = e.shape == 'S' ? e.type->field(entry.key()) : nullptr;
    if (field != nullptr)
      append_patched(field->expression, entry.value, old[entry.key()], out);
    else
      append_json(entry.value, out);
  }
  out += '}';
}

}  // namespace

std::string to_patched_json(const GoType& type, const Value& value, const Value& old) {
  GoExpression root;
  root.shape = 'S';
  root.type = &type;
  std::string out;
  append_patched(root, value, old, out);
  return out;
}

std::vector<std::string> strict_problems(const GoType& type, std::string_view json) {
  std::vector<std::string> problems;
  GoExpression root;
  root.shape = 'S';
  root.type = &type;
  Scanner(json, problems).value(&root);
  return problems;
}

std::vector<std::string> duplicate_fields(std::string_view json) {
  std::vector<std::string> problems;
  Scanner(json, problems).value(nullptr);
  return problems;
}

std::string first_fault(const std::vector<kinds::DecodeFault>& faults, std::string_view json) {
  if (faults.empty()) return {};
  const bool ends = std::ranges::any_of(faults, &kinds::DecodeFault::final);
  std::vector<std::string> problems, paths;
  if (faults.size() > 1) {
    Scanner scanner(json, problems);
    scanner.visit_to(paths);
    scanner.value(nullptr);
  }
  const kinds::DecodeFault* first = nullptr;
  auto best = paths.end();
  for (const kinds::DecodeFault& fault : faults) {
    if (fault.final != ends) continue;
    auto place = std::ranges::find(paths, fault.path);
    if (first == nullptr || place < best) {
      first = &fault;
      best = place;
    }
  }
  return first->message;
}

}  // namespace taut::sandbox
