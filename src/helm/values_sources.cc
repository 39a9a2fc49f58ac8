#include "helm/values_sources.hh"

#include "base/strings.hh"
#include "helm/go_values.hh"
#include "helm/values_file.hh"
#include "value/json.hh"

namespace taut::helm {

namespace {

Failure reworded(Error error, std::string message) {
  return fail(std::move(error).with_message(std::move(message)));
}

// "{...}" is a document that is merged; all else the grammar of --set with JSON values.
Status add_json(const std::string& argument, Value& values) {
  std::string_view text = trim(argument);
  if (!text.starts_with('{')) {
    if (Status status = apply_set(argument, SetMode::kJson, values)) return {};
    return fail(Code::kInvalid, "failed parsing --set-json data {}", argument);
  }
  auto document = parse_json(text);
  if (!document) return fail(Code::kInvalid, "failed parsing --set-json data JSON: {}", argument);
  values = merge_maps(values, with_float_numbers(*document));
  return {};
}

Status add_all(const std::vector<std::string>& arguments, SetMode mode, std::string_view flag, Value& values,
               const ReadFile& read_file) {
  for (const std::string& argument : arguments) {
    if (Status status = apply_set(argument, mode, values, read_file); !status) {
      std::string message = fmt::format("failed parsing {} data: {}", flag, status.error().message());
      return reworded(std::move(status).error(), std::move(message));
    }
  }
  return {};
}

}  // namespace

Result<Value> merge_value_sources(const ValueSources& sources, const ReadFile& read_file) {
  Value values = Value::map();
  for (const ValueSources::File& file : sources.files) {
    auto read = read_values(file.text);
    if (!read) {
      std::string message = fmt::format("failed to parse {}: {}", file.name, read.error().message());
      return reworded(std::move(read).error(), std::move(message));
    }
    values = merge_maps(values, *read);
  }
  for (const std::string& argument : sources.json) TAUT_TRY(add_json(argument, values));
  TAUT_TRY(add_all(sources.typed, SetMode::kTyped, "--set", values, read_file));
  TAUT_TRY(add_all(sources.strings, SetMode::kString, "--set-string", values, read_file));
  TAUT_TRY(add_all(sources.set_files, SetMode::kFile, "--set-file", values, read_file));
  TAUT_TRY(add_all(sources.literals, SetMode::kLiteral, "--set-literal", values, read_file));
  return values;
}

}  // namespace taut::helm
