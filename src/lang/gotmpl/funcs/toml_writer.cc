#include "lang/gotmpl/funcs/toml_writer.hh"

#include <cmath>

#include "base/go_number.hh"
#include "base/go_time.hh"
#include "lang/gotmpl/funcs/toml_key.hh"
#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {

namespace {

constexpr int kDeepest = 1000;

bool is_time(const Value& value) { return value.is_struct() && &value.type() == &types::kTime; }

bool is_text_like(const Value& value) {
  return is_time(value) || (value.is_struct() && value.type().marshals_text);
}

// Nothing is written for what is nil.
bool is_nil(const Value& value) {
  if (value.is_list()) return value.list().is_nil();
  if (value.is_map()) return value.map().is_nil();
  return value.is_nil();
}

// What decides where a value is written.
enum class Shape { kNothing, kPlain, kTable, kTables };

Failure refused(std::string_view why) { return fail(Code::kInvalid, "{}", why); }

class TomlWriter {
 public:
  Status document(const Value& value) { return entry({}, value, 0); }
  std::string take() { return std::move(out_); }

 private:
  // A list is an array of tables when all its items are tables.
  Result<Shape> shape(const Value& value, int depth) const {
    if (depth > kDeepest) return refused("toml: nested too deeply");
    if (is_nil(value)) return Shape::kNothing;
    if (value.kind() == Kind::kComplex128) return refused("unsupported type: complex128");
    if (is_text_like(value)) return Shape::kPlain;
    if (value.is_map() || value.is_struct()) return Shape::kTable;
    if (!value.is_list() || value.list().empty()) return Shape::kPlain;
    bool tables = true;
    for (size_t i = 0; i < value.list().size(); ++i) {
      TAUT_ASSIGN(Shape item, shape(value.list().at(i), depth + 1));
      if (item == Shape::kNothing) return refused("toml: cannot encode array with nil element");
      tables = tables && item == Shape::kTable;
    }
    return tables ? Shape::kTables : Shape::kPlain;
  }

  Status entry(const TomlKey& key, const Value& value, int depth) {
    TAUT_ASSIGN(Shape kind, shape(value, depth));
    switch (kind) {
      case Shape::kNothing: return {};
      case Shape::kPlain: return key_value(key, value, false, depth);
      case Shape::kTable: return table(key, value, depth);
      case Shape::kTables: return tables(key, value.list(), depth);
    }
    return {};
  }

  Status table(const TomlKey& key, const Value& value, int depth) {
    if (key.size() == 1) new_line();
    if (!key.empty()) {
      write(indent(key) + "[" + toml_key_text(key) + "]");
      new_line();
    }
    return fields(key, value, false, depth);
  }

  Status tables(const TomlKey& key, const List& list, int depth) {
    // A document that is a list has no name for its tables.
    if (key.empty()) return refused("toml: top-level values must be Go maps or structs");
    for (size_t i = 0; i < list.size(); ++i) {
      new_line();
      write(indent(key) + "[[" + toml_key_text(key) + "]]");
      new_line();
      TAUT_TRY(fields(key, list.at(i), false, depth + 1));
    }
    return {};
  }

  struct Field {
    std::string_view name;
    Value value;
  };

  // The fields that are no tables, then the others; for a map each in the order of keys.
  Status split_fields(const Value& value, std::vector<Field>& plain, std::vector<Field>& tables, int depth) const {
    auto sort_in = [&](std::string_view name, const Value& field) -> Status {
      TAUT_ASSIGN(Shape kind, shape(field, depth + 1));
      (kind == Shape::kTable || kind == Shape::kTables ? tables : plain).push_back({name, field});
      return {};
    };
    if (value.is_map()) {
      for (size_t i = 0; i < value.map().size(); ++i) TAUT_TRY(sort_in(value.map().key(i), value.map().value(i)));
      return {};
    }
    for (size_t i = 0; i < value.object().size(); ++i)
      TAUT_TRY(sort_in(value.type().fields[i], value.object().at(i)));
    return {};
  }

  Status fields(const TomlKey& key, const Value& value, bool is_inline, int depth) {
    std::vector<Field> plain, tables;
    TAUT_TRY(split_fields(value, plain, tables, depth));
    if (is_inline) write("{");
    TAUT_TRY(write_fields(key, plain, is_inline, is_inline && !tables.empty(), depth));
    TAUT_TRY(write_fields(key, tables, is_inline, false, depth));
    if (is_inline) write("}");
    return {};
  }

  Status write_fields(const TomlKey& key, const std::vector<Field>& list, bool is_inline, bool more, int depth) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (is_nil(list[i].value)) continue;
      TomlKey own = is_inline ? TomlKey{} : key;
      own.emplace_back(list[i].name);
      if (!is_inline) {
        TAUT_TRY(entry(own, list[i].value, depth + 1));
        continue;
      }
      TAUT_TRY(key_value(own, list[i].value, true, depth));
      if (more || i + 1 != list.size()) write(", ");
    }
    return {};
  }

  Status key_value(const TomlKey& key, const Value& value, bool is_inline, int depth) {
    if (key.empty()) return element(value, depth);
    write(indent(key) + toml_key_part(key.back()) + " = ");
    TAUT_TRY(element(value, depth));
    if (!is_inline) new_line();
    return {};
  }

  Status element(const Value& value, int depth) {
    if (depth > kDeepest) return refused("toml: nested too deeply");
    switch (value.kind()) {
      case Kind::kBool: write(value.as_bool() ? "true" : "false"); return {};
      case Kind::kInt:
      case Kind::kInt64: write(fmt::format("{}", value.as_int())); return {};
      case Kind::kUint8:
      case Kind::kUint64: write(fmt::format("{}", value.as_uint())); return {};
      case Kind::kFloat64: write(float_text(value.as_real())); return {};
      case Kind::kString: write(toml_quoted(value.as_text())); return {};
      case Kind::kBytes:
      case Kind::kList: return array(value, depth);
      case Kind::kMap: return fields({}, value, true, depth + 1);
      case Kind::kStruct:
        if (is_time(value)) write(time_text(value.object().data<Moment>()));
        else if (is_text_like(value)) write(toml_quoted(to_text(value)));
        else return fields({}, value, true, depth + 1);
        return {};
      default: return refused("unexpected type: " + std::string(type_text(value)));
    }
  }

  Status array(const Value& value, int depth) {
    write("[");
    size_t size = value.is_list() ? value.list().size() : value.as_text().size();
    for (size_t i = 0; i < size; ++i) {
      if (i != 0) write(", ");
      Value item = value.is_list() ? value.list().at(i) : Value::uint8(static_cast<uint8_t>(value.as_text()[i]));
      TAUT_TRY(element(item, depth + 1));
    }
    write("]");
    return {};
  }

  static std::string float_text(double number) {
    if (std::isnan(number)) return std::signbit(number) ? "-nan" : "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    std::string out = format_go_float(number, 'g', -1);
    return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
  }

  static std::string time_text(const Moment& moment) {
    ZonedTime time{moment.seconds, moment.nanoseconds, moment.offset, std::string(moment.zone)};
    std::string_view layout = "2006-01-02T15:04:05.999999999Z07:00";
    bool local = true;
    if (moment.zone == kLocalDatetime) layout = "2006-01-02T15:04:05.999999999";
    else if (moment.zone == kLocalDate) layout = "2006-01-02";
    else if (moment.zone == kLocalTime) layout = "15:04:05.999999999";
    else local = false;
    if (local) time.offset = 0;
    return format_go_time(time, layout);
  }

  static std::string indent(const TomlKey& key) { return std::string(2 * (key.size() - 1), ' '); }
  // Not before anything was written.
  void new_line() {
    if (!out_.empty()) out_ += '\n';
  }
  void write(std::string_view text) { out_ += text; }

  std::string out_;
};

}  // namespace

Result<std::string> to_toml_text(const Value& value, bool& panicked) {
  panicked = value.is_nil();
  if (panicked) return refused("reflect: call of reflect.Value.Type on zero Value");
  TomlWriter writer;
  TAUT_TRY(writer.document(value));
  return writer.take();
}

}  // namespace taut::gotmpl
