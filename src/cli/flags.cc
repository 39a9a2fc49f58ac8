#include "cli/flags.hh"

#include <algorithm>
#include <charconv>

#include "base/overload.hh"
#include "base/strings.hh"

namespace taut::cli {
namespace {

std::string show_default(const Flags::Target& target) {
  return std::visit(Overload{
                        [](const bool* value) { return std::string(*value ? "true" : ""); },
                        [](const int* value) { return *value == 0 ? "" : std::to_string(*value); },
                        [](const double* value) { return *value == 0 ? "" : fmt::format("{}", *value); },
                        [](const Duration* value) { return value->count() == 0 ? "" : format_go_duration(*value); },
                        [](const std::string* value) { return *value; },
                        [](const std::vector<std::string>* values) { return join(*values, ","); },
                    },
                    target);
}

template <class Number>
bool read_number(const std::string& text, Number& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_bool(const std::string& text, bool& out) {
  out = text == "true" || text == "1" || text == "t" || text == "T" || text == "TRUE" || text == "True";
  return out || text == "false" || text == "0" || text == "f" || text == "F" || text == "FALSE" || text == "False";
}

bool read_duration(const std::string& text, Duration& out) {
  auto duration = parse_go_duration(text);
  if (duration) out = *duration;
  return duration.has_value();
}

bool assign(const Flags::Target& target, const std::string& text) {
  return std::visit(Overload{
                        [&](bool* value) { return read_bool(text, *value); },
                        [&](int* value) { return read_number(text, *value); },
                        [&](double* value) { return read_number(text, *value); },
                        [&](Duration* value) { return read_duration(text, *value); },
                        [&](std::string* value) { return *value = text, true; },
                        [&](std::vector<std::string>* values) { return values->push_back(text), true; },
                    },
                    target);
}

bool is_switch(const Flags::Flag& flag) { return std::holds_alternative<bool*>(flag.target); }

}  // namespace

void Flags::add(std::string_view name, char short_name, std::string_view value_name, std::string_view help,
                Target target, std::vector<std::string_view> choices) {
  defaults_.push_back(show_default(target));
  flags_.push_back({name, short_name, value_name, help, target, std::move(choices), {}});
}

const Flags::Flag* Flags::find(std::string_view name) const {
  auto at = std::find_if(flags_.begin(), flags_.end(), [&](const Flag& flag) { return flag.name == name; });
  return at == flags_.end() ? nullptr : &*at;
}

const Flags::Flag* Flags::find(char short_name) const {
  auto at = std::find_if(flags_.begin(), flags_.end(), [&](const Flag& flag) { return flag.short_name == short_name; });
  return at == flags_.end() ? nullptr : &*at;
}

Status Flags::set(const Flag& flag, std::string_view shown, const std::string& value) {
  bool known = flag.choices.empty() || std::find(flag.choices.begin(), flag.choices.end(), value) != flag.choices.end();
  if (!known)
    return fail(Code::kInvalid, "invalid argument {} for {}: one of {}", quote(value), shown, join(flag.choices, ", "));
  if (!assign(flag.target, value)) return fail(Code::kInvalid, "invalid argument {} for {}", quote(value), shown);
  return {};
}

Status Flags::parse_long(const std::vector<std::string>& arguments, size_t& i) {
  std::string_view text = std::string_view(arguments[i]).substr(2), name, value;
  bool with_value = cut(text, "=", name, value);
  const Flag* flag = find(name);
  std::string shown = "--" + std::string(name);
  if (flag == nullptr) return fail(Code::kInvalid, "unknown flag: {}", shown);
  if (with_value) return set(*flag, shown, std::string(value));
  if (is_switch(*flag)) return set(*flag, shown, "true");
  if (!flag->alone.empty()) return set(*flag, shown, std::string(flag->alone));
  if (i + 1 == arguments.size()) return fail(Code::kInvalid, "flag needs an argument: {}", shown);
  return set(*flag, shown, arguments[++i]);
}

Status Flags::parse_short(const std::vector<std::string>& arguments, size_t& i) {
  std::string_view text = std::string_view(arguments[i]).substr(1);
  while (!text.empty()) {
    const Flag* flag = find(text[0]);
    std::string shown = std::string("-") + text[0];
    if (flag == nullptr) return fail(Code::kInvalid, "unknown shorthand flag: '{}' in {}", text[0], arguments[i]);
    text.remove_prefix(1);
    if (is_switch(*flag) && !text.starts_with('=')) {
      TAUT_TRY(set(*flag, shown, "true"));
      continue;
    }
    if (text.starts_with('=')) return set(*flag, shown, std::string(text.substr(1)));
    if (!text.empty()) return set(*flag, shown, std::string(text));
    if (i + 1 == arguments.size()) return fail(Code::kInvalid, "flag needs an argument: '{}' in {}", flag->short_name, arguments[i]);
    return set(*flag, shown, arguments[++i]);
  }
  return {};
}

Result<std::vector<std::string>> Flags::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> rest;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      rest.insert(rest.end(), arguments.begin() + static_cast<long>(i) + 1, arguments.end());
      break;
    }
    if (argument.starts_with("--")) {
      TAUT_TRY(parse_long(arguments, i));
    } else if (argument.size() > 1 && argument[0] == '-') {
      TAUT_TRY(parse_short(arguments, i));
    } else {
      rest.push_back(argument);
    }
  }
  return rest;
}

std::string Flags::help() const {
  std::vector<std::string> heads;
  size_t width = 0;
  for (const Flag& flag : flags_) {
    std::string head = flag.short_name ? fmt::format("  -{}, ", flag.short_name) : std::string("      ");
    head += fmt::format("--{}", flag.name);
    if (!flag.value_name.empty()) head += fmt::format(" {}", flag.value_name);
    width = std::max(width, head.size());
    heads.push_back(std::move(head));
  }
  std::string out;
  for (size_t i = 0; i < flags_.size(); ++i) {
    out += fmt::format("{:<{}}  {}", heads[i], width, flags_[i].help);
    if (!defaults_[i].empty()) out += fmt::format(" (default {})", defaults_[i]);
    out += '\n';
  }
  return out;
}

}  // namespace taut::cli
