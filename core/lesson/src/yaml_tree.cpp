#include "yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

#include "base/text.hpp"

namespace ring::lesson::yaml {
namespace {

// Leaves yaml-cpp's parser from inside its events; caught in parse(), nowhere else.
struct Refused {
    unsigned line;
    std::string what;
};

unsigned line_of(const YAML::Mark& mark) { return mark.line < 0 ? 1 : static_cast<unsigned>(mark.line) + 1; }

std::size_t nodes_in(const Node& node) {
    std::size_t count = 1;
    for (const Node& item : node.items) count += nodes_in(item);
    for (const auto& [key, value] : node.keys) count += nodes_in(value);
    return count;
}

class Builder final : public YAML::EventHandler {
  public:
    Node root;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(Node{Node::Kind::Null, line_of(mark), {}, {}, {}}, anchor);
    }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  const std::string& value) override {
        add(Node{Node::Kind::Scalar, line_of(mark), value, {}, {}}, anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (++aliases_ > most_aliases) throw Refused{line_of(mark), "there are too many aliases"};
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) throw Refused{line_of(mark), "an alias stands inside what it stands for"};
        Node copy = found->second;
        count(nodes_in(copy), copy.line = line_of(mark));
        place(std::move(copy));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node{Node::Kind::Sequence, line_of(mark), {}, {}, {}}, anchor);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node{Node::Kind::Map, line_of(mark), {}, {}, {}}, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

  private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        std::string key;
        bool has_key = false;
    };

    void count(std::size_t more, unsigned line) {
        if ((nodes_ += more) > most_nodes) throw Refused{line, "the file holds too many values"};
    }
    void add(Node node, YAML::anchor_t anchor) {
        count(1, node.line);
        if (anchor != 0) anchors_[anchor] = node;
        place(std::move(node));
    }
    void open(Node node, YAML::anchor_t anchor) {
        count(1, node.line);
        if (open_.size() >= most_depth) throw Refused{node.line, "the values are nested too deeply"};
        open_.push_back({std::move(node), anchor, {}, false});
    }
    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        if (done.anchor != 0) {
            count(nodes_in(done.node), done.node.line);  // the copy is memory too
            anchors_[done.anchor] = done.node;
        }
        place(std::move(done.node));
    }
    void place(Node node) {
        if (open_.empty()) {
            root = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == Node::Kind::Sequence) {
            parent.node.items.push_back(std::move(node));
        } else if (parent.has_key) {
            parent.node.keys.emplace_back(std::move(parent.key), std::move(node));
            parent.has_key = false;
        } else {
            take_key(parent, node);
        }
    }
    static void take_key(Open& parent, const Node& node) {
        if (node.kind != Node::Kind::Scalar) throw Refused{node.line, "a key is to be a word"};
        for (const auto& [known, value] : parent.node.keys)
            if (known == node.scalar)
                throw Refused{node.line, "'" + text::printable(known) + "' is here a second time"};
        if (parent.node.keys.size() >= 64) throw Refused{node.line, "there are too many keys"};
        parent.key = node.scalar;
        parent.has_key = true;
    }

    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::size_t nodes_ = 0, aliases_ = 0;
};
}  // namespace

Result<Node> parse(std::string_view text) {
    if (text.size() > most_bytes) return error("1: the file is larger than {}", text::size(most_bytes));
    std::istringstream in{std::string(text)};
    Builder builder;
    try {
        YAML::Parser parser(in);
        parser.HandleNextDocument(builder);
    } catch (const Refused& refused) {
        return error("{}: {}", refused.line, refused.what);
    } catch (const YAML::Exception& refused) {
        return error("{}: {}", line_of(refused.mark), text::printable(refused.msg));
    }
    return std::move(builder.root);
}
}  // namespace ring::lesson::yaml
