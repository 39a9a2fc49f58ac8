#include "sandbox/journal.hh"

#include <cstring>
#include <optional>

#include "base/hash.hh"
#include "io/store/append_log.hh"
#include "io/store/sqlite.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

// Before the JSON of an object in the log.
struct RecordHead {
  uint64_t revision;
  uint32_t resource, path;  // sizes of the texts that follow
};

struct Record {
  uint64_t revision = 0;
  std::string_view resource, path, json;
};

std::optional<Record> parse_record(std::string_view text) {
  RecordHead head;
  if (text.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, text.data(), sizeof head);
  text.remove_prefix(sizeof head);
  if (text.size() < size_t{head.resource} + head.path) return std::nullopt;
  return Record{head.revision, text.substr(0, head.resource), text.substr(head.resource, head.path),
                text.substr(size_t{head.resource} + head.path)};
}

// A write is one record of a log beside the database, and many of them then one transaction: a transaction of its own
// for each costs more than all the rest of a request.
class SqliteJournal : public Journal {
 public:
  // `origin` is the log's first record: a log that was left behind by another database has another.
  SqliteJournal(std::unique_ptr<store::Database> database, std::unique_ptr<store::AppendLog> log, std::string origin)
      : database_(std::move(database)), log_(std::move(log)), origin_(std::move(origin)) {}
  ~SqliteJournal() override { (void)settle(); }

  Status prepare() {
    TAUT_ASSIGN(store::Statement put, database_->prepare("INSERT INTO objects (resource, path, revision, object) VALUES (?, ?, ?, ?) "
                                                         "ON CONFLICT (resource, path) DO UPDATE SET "
                                                         "revision = excluded.revision, object = excluded.object"));
    TAUT_ASSIGN(store::Statement erase,
                database_->prepare("UPDATE objects SET object = NULL, revision = ? WHERE resource = ? AND path = ?"));
    put_.emplace(std::move(put));
    erase_.emplace(std::move(erase));
    return {};
  }

  Status write(const StoreKey& key, uint64_t revision, std::string_view json) override {
    const RecordHead head{revision, static_cast<uint32_t>(key.resource.size()), static_cast<uint32_t>(key.path.size())};
    head_.assign(reinterpret_cast<const char*>(&head), sizeof head);
    head_.append(key.resource).append(key.path);
    if (Status written = append(json); !written) {
      // What the log gives back may be enough.
      if (!settle()) return written;
      TAUT_TRY(append(json));
    }
    if (log_->size() < most_) return {};
    // The write is safe where it is; the log then just grows.
    most_ = settle() ? kMost : log_->size() * 2;
    return {};
  }

  // Moves what the log holds to the database.
  Status settle() {
    if (log_->size() == 0) return {};
    TAUT_TRY(database_->execute("BEGIN"));
    Status moved = move_all();
    if (moved) moved = database_->execute("COMMIT");
    if (!moved) {
      (void)database_->execute("ROLLBACK");
      return moved;
    }
    (void)database_->execute("PRAGMA shrink_memory");
    return log_->clear();
  }

 private:
  static constexpr uint64_t kMost = 1u << 20;

  Status append(std::string_view json) {
    if (log_->size() == 0) TAUT_TRY(log_->append(origin_, {}));
    return log_->append(head_, json);
  }

  Status move_all() {
    bool first = true, ours = false;
    return log_->read([&](std::string_view text) -> Status {
      if (std::exchange(first, false)) {
        ours = text == origin_;
        return {};
      }
      auto record = ours ? parse_record(text) : std::nullopt;
      if (!record) return {};
      auto revision = static_cast<int64_t>(record->revision);
      if (record->json.empty()) return erase_->bind(1, revision).bind(2, record->resource).bind(3, record->path).run();
      return put_->bind(1, record->resource).bind(2, record->path).bind(3, revision).bind(4, record->json).run();
    });
  }

  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::AppendLog> log_;
  std::string origin_, head_;
  std::optional<store::Statement> put_, erase_;
  uint64_t most_ = kMost;
};

// Deleted objects stay as rows without text until the next start, so that their revisions are not given again.
// The rows are in the order of their making, beside the index: rows of a kilobyte inside an index cost a page each.
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS objects (id INTEGER PRIMARY KEY, resource TEXT NOT NULL, path TEXT NOT NULL,"
    " revision INTEGER NOT NULL, object TEXT, UNIQUE (resource, path))";

Result<uint64_t> load(Cluster& cluster, store::Database& database) {
  TAUT_ASSIGN(store::Statement all, database.prepare("SELECT resource, path, revision, object FROM objects"));
  uint64_t newest = 1;
  for (;;) {
    TAUT_ASSIGN(bool more, all.step());
    if (!more) return newest;
    auto revision = static_cast<uint64_t>(all.number(2));
    newest = std::max(newest, revision);
    if (all.text(3).empty()) continue;
    if (!parse_json(all.text(3))) return fail(Code::kInvalid, "the data file holds a broken object {} {}", all.text(0), all.text(1));
    cluster.store.restore({std::string(all.text(0)), std::string(all.text(1))}, all.text(3), revision);
  }
}

Status keep_identity(store::Database& database, Identity& identity) {
  TAUT_TRY(database.execute("CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL)"));
  TAUT_ASSIGN(store::Statement insert, database.prepare("INSERT OR IGNORE INTO identity VALUES (?, ?)"));
  TAUT_ASSIGN(store::Statement select, database.prepare("SELECT value FROM identity WHERE name = ?"));
  for (auto [name, value] : {std::pair("token", &identity.token), std::pair("ca", &identity.tls.ca_pem),
                             std::pair("certificate", &identity.tls.certificate_pem), std::pair("key", &identity.tls.key_pem),
                             std::pair("signing-key", &identity.signing_key)}) {
    if (!value->empty()) TAUT_TRY(insert.bind(1, name).bind(2, *value).run());
    TAUT_ASSIGN(bool there, select.bind(1, name).step());
    if (!there) continue;
    *value = select.text(0);
    TAUT_TRY(select.step());
  }
  return {};
}

}  // namespace

Status open_journal(Cluster& cluster, const std::string& path, Identity& identity) {
  TAUT_ASSIGN(auto database, store::Database::open(path));
  TAUT_TRY(database->execute(kSchema));
  TAUT_TRY(keep_identity(*database, identity));
  TAUT_ASSIGN(auto log, store::AppendLog::open(path + "-log"));
  store::Database& tables = *database;
  auto journal = std::make_unique<SqliteJournal>(std::move(database), std::move(log),
                                                 "taut sandbox " + hash128(identity.signing_key).hex());
  TAUT_TRY(journal->prepare());
  TAUT_TRY(journal->settle());
  TAUT_ASSIGN(uint64_t newest, load(cluster, tables));
  // The newest revision must survive the cleaning up, whoever had it.
  TAUT_TRY(tables.execute("DELETE FROM objects WHERE object IS NULL AND revision < (SELECT MAX(revision) FROM objects)"));
  cluster.store.attach(std::move(journal), newest);
  return {};
}

}  // namespace taut::sandbox
