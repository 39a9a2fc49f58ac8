// Go's types, as far as templates can see them: in %T and %v, in comparisons, in the texts of errors.
//
// A Type is a constant that lives for the whole program; two types are the same if their addresses are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace taut::gotmpl {

struct Function;

// Go's reflect kinds, plus two for nothing: kInvalid is no value at all (Go's zero reflect.Value), kNil an interface
// that holds nothing.
enum class Kind : uint8_t {
  kInvalid,
  kNil,
  kBool,
  kInt,
  kInt64,
  kUint8,
  kUint64,
  kFloat64,
  kComplex128,
  kString,
  kBytes,   // []byte, which templates cannot change
  kList,    // a slice
  kMap,     // with string keys
  kStruct,  // or a pointer to one
};

// Go's name of a kind, as sprig's kindOf gives it: "float64", "slice", "map", "struct", "invalid".
std::string_view kind_name(Kind kind);

class Value;

struct Type {
  Kind kind;
  std::string_view name;          // as %T prints it: "map[string]interface {}"
  const Type* element = nullptr;  // of a list or map; nullptr is interface {}
  // Of a struct: the names of its fields, in Go's order. Those in lower case are printed, and not seen otherwise.
  std::span<const std::string_view> fields = {};
  // The names of the fields in JSON and YAML; "" leaves a field out when it is empty, as it is here. Empty: as above.
  std::span<const std::string_view> json_fields = {};
  // Of a named type or struct.
  std::span<const Function> methods = {};
  bool pointer = false;  // to a struct: %v prints &{...}, kindOf gives ptr
  // The method String() or Error(), which print and the verbs %v %s %q %x %X use; nullptr if there is none.
  std::string (*stringer)(const Value& self) = nullptr;
  // That method belongs to the pointer: only what a template prints itself is asked for it, since that has an address.
  bool pointer_stringer = false;
  // Whether JSON, YAML and TOML hold that text in place of the struct (encoding.TextMarshaler).
  bool marshals_text = false;

  // The method of that name, or nullptr.
  const Function* method(std::string_view method_name) const;
};

// Whether Go keeps a field of that name to itself.
inline bool is_hidden_field(std::string_view name) { return !name.empty() && name[0] >= 'a' && name[0] <= 'z'; }

namespace types {
extern const Type kAny;     // interface {}
extern const Type kBool, kInt, kInt64, kUint8, kUint32, kUint64, kFloat64, kComplex128, kString;
extern const Type kBytes;      // []uint8
extern const Type kList;       // []interface {}
extern const Type kStrings;    // []string
extern const Type kInts;       // []int
extern const Type kLists;      // [][]interface {}
extern const Type kMap;        // map[string]interface {}
extern const Type kStringMap;  // map[string]string
extern const Type kTime;       // time.Time
}  // namespace types

}  // namespace taut::gotmpl
