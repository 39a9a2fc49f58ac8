// A YAML text decoded into fields of Go types, as sigs.k8s.io/yaml.Unmarshal does: numbers and booleans become text
// where text is wanted, null leaves a field as it is, the first value of a wrong type is the error.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::helm {

// The first document of the text; its errors begin with "error converting YAML to JSON: ".
Result<Value> read_yaml(std::string_view text);

class TypedReader {
 public:
  // The Go name of the struct that is read: "Metadata".
  explicit TypedReader(std::string_view type) : type_(type) {}

  void text(const Value& object, std::string_view field, std::string& out);
  void boolean(const Value& object, std::string_view field, bool& out);
  void texts(const Value& object, std::string_view field, std::vector<std::string>& out);
  void text_map(const Value& object, std::string_view field,
                std::vector<std::pair<std::string, std::string>>& out);
  // The items of a list field, or nothing; complains when it is no list.
  const Value* list(const Value& object, std::string_view field, std::string_view go_type);
  // Whether a value is a map; complains when it is neither that nor null.
  bool map(const Value& value, std::string_view go_type);

  // A field below another: names in errors are "Metadata.maintainers.name".
  class Inside {
   public:
    Inside(TypedReader& reader, std::string_view field) : reader_(reader), length_(reader.path_.size()) {
      if (!reader.path_.empty()) reader.path_ += '.';
      reader.path_ += field;
    }
    ~Inside() { reader_.path_.resize(length_); }

   private:
    TypedReader& reader_;
    size_t length_;
  };

  // From here on fields are those of a struct without a name, which errors leave away.
  void in_nameless_struct() { type_.clear(); }

  // The first complaint, in the words of encoding/json.
  Status status() const;

 private:
  bool to_text(const Value& value, std::string& out);
  void complain(const Value& value, std::string_view go_type);

  std::string type_;
  std::string path_;
  std::string error_;
};

}  // namespace taut::helm
