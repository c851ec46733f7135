#include "worker.hpp"

#include <algorithm>

#include "base/data_dir.hpp"
#include "base/text.hpp"
#include "lesson/load.hpp"
#include "panels/panels.hpp"
#include "session/commands.hpp"
#include "session/memory_sights.hpp"
#include "session/reloading.hpp"
#include "session/telling.hpp"

namespace ring::gui {
namespace {
constexpr std::size_t most_answers = 50;

// The panel that shows what a topic of `show` prints; empty: the text goes to the answers.
std::string panel_of(std::string_view topic) {
    constexpr std::pair<std::string_view, std::string_view> others[] = {{"mappings", "map"}, {"timeline", "events"}};
    for (const auto& [name, panel] : others)
        if (name == topic) topic = panel;
    return find_panel(topic) ? std::string(topic) : std::string();
}

std::string name_of(const OpenFile& file) {
    return text::printable(std::filesystem::path(file.what).filename().string());
}

std::vector<LessonEntry> find_lessons() {
    std::vector<LessonEntry> out;
    for (const std::filesystem::path& folder : lesson::find_lessons(data_dir() / "lessons")) {
        const Result<lesson::Lesson> one = session::load_lesson(folder.string());
        if (!one) continue;
        LessonEntry entry{text::printable(one->id),
                          text::printable(one->title),
                          text::printable(one->summary),
                          one->steps.size(),
                          {},
                          text::printable(one->machine.arch)};
        for (const lesson::Variant& variant : one->variants)
            entry.variants.push_back({text::printable(variant.id), text::printable(variant.title)});
        out.push_back(std::move(entry));
    }
    return out;
}

void find_pictures(LessonScene& scene, const lesson::Lesson& lesson, const Markdown& blocks) {
    for (const lesson::Block& block : blocks) {
        if (block.kind != lesson::Block::Kind::Image || block.file.empty() || scene.pictures.count(block.file) != 0)
            continue;
        Result<lesson::Picture> read = lesson::picture(lesson, block.file);
        scene.pictures[block.file] = read ? std::make_shared<const lesson::Picture>(std::move(*read)) : nullptr;
    }
}

void look_at_lesson(Scene& scene, const lesson::Player* player) {
    if (!player) {
        scene.lesson.reset();
        return;
    }
    if (!scene.lesson) scene.lesson.emplace();
    LessonScene& out = *scene.lesson;
    out.title = text::printable(player->variant() ? player->variant()->title : player->lesson().title);
    out.id = text::printable(player->lesson().id);
    if (player->variant()) out.id += ':' + text::printable(player->variant()->id);
    out.index = player->index();
    out.count = player->steps().size();
    out.ahead.reset();
    if (const lesson::Step* step = player->current())
        out.ahead = LessonAhead{step->point, step->panels, text::printable(step->title), lesson::markdown(step->text),
                                step->predict};
    if (out.index == 0) out.behind.reset();
    if (out.ahead) find_pictures(out, player->lesson(), out.ahead->text);
    if (out.behind) find_pictures(out, player->lesson(), out.behind->explain);
}
}  // namespace

// Opening a file reads it, its symbols and its lines, and asks nobody in between. So it has a thread of its own; who
// cancels leaves it alone with its result.
struct Worker::Loading {
    bool cancelled = false;
    std::optional<Result<std::unique_ptr<session::Session>>> done;
};

Worker::Worker(Open open, OpenFile first, std::function<void()> changed)
    : open_(std::move(open)),
      opened_(std::move(first)),
      changed_(std::move(changed)),
      watch_([this] { post(Reload{}); }) {
    next_.name = name_of(opened_);
    next_.start = opened_.what.empty();
    scene_ = std::make_shared<const Scene>(next_);
    thread_ = std::thread([this] { work(); });
}

Worker::~Worker() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
        if (running_) running_->cancel() = true;
        if (loading_) loading_->cancelled = true;
    }
    something_.notify_all();
    thread_.join();
    for (std::thread& one : loaders_) one.join();
}

void Worker::post(Intent intent) {
    {
        const std::lock_guard lock(mutex_);
        if (std::holds_alternative<Pause>(intent)) {
            waiting_.clear();
            if (running_) running_->cancel() = true;
            if (loading_) loading_->cancelled = true;
            something_.notify_all();
            return;
        }
        waiting_.push_back(std::move(intent));
    }
    something_.notify_all();
}

std::shared_ptr<const Scene> Worker::scene() const {
    const std::lock_guard lock(mutex_);
    return scene_;
}

bool Worker::busy() const {
    const std::lock_guard lock(mutex_);
    return working_ || !waiting_.empty();
}

bool Worker::running() const {
    const std::lock_guard lock(mutex_);
    return working_ && waiting_.empty();
}

void Worker::wait() const {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return !working_ && waiting_.empty(); });
}

void Worker::look() {
    if (session_) {
        look_at_lesson(next_, session_->player());
        look_at(next_, *session_, wishes_);
    }
    publish();
}

void Worker::publish() {
    ++next_.number;
    auto made = std::make_shared<const Scene>(next_);
    {
        const std::lock_guard lock(mutex_);
        scene_ = std::move(made);
    }
    changed_();
}

u64 Worker::reached() const {
    const std::lock_guard lock(mutex_);
    return running_ ? running_->target().reached() : 0;
}

void Worker::become(std::unique_ptr<session::Session> session) {
    const std::unique_ptr<session::Session> old = std::exchange(session_, std::move(session));
    const std::lock_guard lock(mutex_);
    running_ = session_.get();
}

Result<std::unique_ptr<session::Session>> Worker::load(const OpenFile& wanted) {
    const auto loading = std::make_shared<Loading>();
    std::unique_lock lock(mutex_);
    if (stopping_) return error("it was cancelled");
    loading_ = loading;
    loaders_.emplace_back([this, loading, wanted] {
        Result<std::unique_ptr<session::Session>> opened = open_(wanted);
        const std::lock_guard done(mutex_);
        if (loading->cancelled) return;
        loading->done = std::move(opened);
        something_.notify_all();
    });
    something_.wait(lock, [&] { return loading->cancelled || loading->done; });
    loading_ = nullptr;
    if (!loading->done) return error("loading {} was cancelled", name_of(wanted));
    std::thread finished = std::move(loaders_.back());
    loaders_.pop_back();
    lock.unlock();
    finished.join();
    return std::move(*loading->done);
}

void Worker::open(const OpenFile& wanted) {
    opened_ = wanted;
    become(nullptr);
    Scene fresh;
    fresh.number = next_.number;
    fresh.opened = next_.opened + 1;
    fresh.lessons = std::move(next_.lessons);
    fresh.copied_number = next_.copied_number;
    fresh.name = name_of(wanted);
    fresh.what = wanted.what;
    fresh.start = wanted.what.empty();
    next_ = std::move(fresh);
    wishes_.words.clear();
    wishes_.selection = {};
    if (next_.start || next_.lessons.empty()) next_.lessons = find_lessons();  // the field at the top offers them
    if (next_.start) {
        next_.loading = false;
        watch_.watch({});
        return;
    }
    look();  // says that it is being loaded
    Result<std::unique_ptr<session::Session>> opened = load(wanted);
    next_.loading = false;
    next_.trouble = opened ? "" : opened.error().sentence();
    if (opened)
        become(std::move(*opened));
    else
        look_at_file(next_, wanted.what);
    watch_files();
}

// A lesson's programs are the lesson's affair: only files that were opened by themselves are watched.
void Worker::watch_files() {
    std::vector<std::filesystem::path> files;
    if (session_ && !session_->player())
        for (const session::Part& part : session_->parts())
            if (part.path.string() == opened_.what || part.role == "user") files.push_back(part.path);
    if (!session_) files.emplace_back(opened_.what);
    watch_.watch(files);
}

// A linker may still be writing: what cannot be opened leaves everything as it is, and the next write asks again.
void Worker::reload() {
    if (opened_.what.empty() || (session_ && session_->player())) return;
    const bool anew = session_ == nullptr;  // nothing is there that could be looked at meanwhile
    if (anew) {
        next_.loading = true;
        publish();
    }
    Result<std::unique_ptr<session::Session>> opened = load(opened_);
    next_.loading = false;
    if (!opened && anew) {
        next_.trouble = opened.error().sentence();
        look_at_file(next_, opened_.what);
        return;
    }
    if (!opened) {
        next_.error = "the file has changed, but " + opened.error().sentence();
        return;
    }
    const std::string kept = session_ ? session::keep_breakpoints(*session_, **opened) : "loaded";
    become(std::move(*opened));
    next_.trouble.clear();
    next_.error.clear();
    next_.notice = next_.name + (anew ? " was " : " was built anew: ") + kept;
    watch_files();
}

void Worker::find(const Find& wanted) {
    constexpr u64 told_bytes = 4_MiB;  // between two scenes that tell how far it is
    session_->cancel() = false;
    next_.memory_search_trouble.clear();
    const Result<session::Search> search = session::search_of(*session_, wanted.words);
    if (!search) {
        next_.memory_search_trouble = search.error().sentence();
        return;
    }
    const auto go_on = [&](u64 searched) {
        if (searched % told_bytes == 0) {
            next_.memory_searched = searched;
            publish();
        }
        return !session_->cancel();
    };
    const session::Found found =
        session::find_bytes(*session_, search->pattern, search->from, search->backwards, go_on);
    next_.memory_searched.reset();
    if (found.at) {
        next_.memory_found = found.at->value;
        wishes_.words["memory"] = text::hex(*found.at);
        wishes_.selection = {Selection::Kind::Virtual, "", found.at->value, search->pattern.size()};
    } else if (found.stopped) {
        next_.memory_search_trouble = "the search was cancelled";
    } else {
        next_.memory_search_trouble = text::bytes(search->pattern) +
                                      (found.bound   ? " is not in the 256 MiB that were searched"
                                       : found.whole ? " is nowhere in what is mapped there"
                                                     : " is not in the part of the address space that could be read");
    }
}

void Worker::copy(const CopyText& wanted) {
    Result<lesson::Answer> answer = session_->execute(wanted.command);
    next_.copied = answer ? answer->text : answer.error().sentence();
    ++next_.copied_number;
}

void Worker::work() {
    open(OpenFile(opened_));
    look();
    bool stale = false;  // a burst of steps is looked at once, when it is over
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (waiting_.empty() && stale) {
            lock.unlock();
            look();
            stale = false;
            lock.lock();
            continue;
        }
        if (waiting_.empty()) {
            working_ = false;
            idle_.notify_all();
            something_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            continue;
        }
        const Intent intent = std::move(waiting_.front());
        waiting_.pop_front();
        working_ = true;
        lock.unlock();
        if (const auto* open = std::get_if<OpenPanels>(&intent)) wishes_.open = open->panels;
        if (const auto* file = std::get_if<OpenFile>(&intent)) open(OpenFile(*file));
        if (std::holds_alternative<Reload>(intent)) reload();
        if (session_)
            carry_out(intent);
        else if (const auto* select = std::get_if<Select>(&intent))
            select_in_file_alone(next_, select->selection);
        stale = true;
        lock.lock();
    }
    running_ = nullptr;
}

void Worker::carry_out(const Intent& intent) {
    if (!std::holds_alternative<OpenPanels>(intent)) next_.forward.clear();
    if (const auto* command = std::get_if<RunCommand>(&intent)) execute(*command);
    if (const auto* step = std::get_if<PlayLessonStep>(&intent)) play(*step);
    if (std::holds_alternative<Restart>(intent)) restart();
    if (const auto* ask = std::get_if<Ask>(&intent)) {
        wishes_.words[ask->panel] = ask->words;
        if (ask->panel == "memory") next_.memory_search_trouble.clear();
    }
    if (const auto* wanted = std::get_if<CopyText>(&intent)) copy(*wanted);
    if (const auto* select = std::get_if<Select>(&intent)) wishes_.selection = select->selection;
    if (const auto* wanted = std::get_if<Find>(&intent)) find(*wanted);
    if (const auto* show = std::get_if<ShowPanel>(&intent)) next_.forward.push_back(show->panel);
}

// The lesson's pane tells what came of a step that was typed, as it does for one that was clicked.
bool Worker::play_typed(const RunCommand& command) {
    session::Words words(command.line);
    const session::Command* const row = session::find_command(words.next());
    const lesson::Step* const step = session_->player() ? session_->player()->current() : nullptr;
    if (!row || row->name != "next" || !step) return false;
    PlayLessonStep wanted;
    if (step->predict && !words.empty()) {
        const Result<lesson::Guess> guess = session::read_guess(*step->predict, words.rest());
        if (!guess) {
            next_.error = guess.error().sentence();
            return true;
        }
        wanted.guess = *guess;
    }
    play(wanted);
    return true;
}

void Worker::execute(const RunCommand& command) {
    if (play_typed(command)) return;
    const Result<lesson::Answer> answer = session_->execute(command.line);
    next_.forward.clear();
    next_.notice.clear();
    next_.error = answer ? "" : answer.error().sentence();
    if (!command.aloud) return;
    put_answer({text::printable(command.line), answer ? answer->text : next_.error, !answer});
}

void Worker::play(const PlayLessonStep& wanted) {
    lesson::Player* const player = session_->player();
    const lesson::Step* const step = player ? player->current() : nullptr;
    if (!step) return;
    session_->cancel() = false;
    Result<lesson::Played> played = player->play(wanted.guess);
    next_.error = played ? "" : played.error().sentence();
    if (!played) return;
    LessonBehind behind;
    behind.title = text::printable(step->title);
    behind.explain = lesson::markdown(step->explain);
    behind.played = std::move(*played);
    if (step->predict)
        for (const lesson::Choice& choice : step->predict->choices)
            behind.choices.push_back(text::printable(choice.say));
    if (wanted.guess) behind.guessed = wanted.guess->choice;
    for (const lesson::Command& command : step->run)
        behind.commands += (behind.commands.empty() ? "" : "; ") + text::printable(command.words);
    show_what_was_shown(behind.played);
    next_.lesson->behind = std::move(behind);
}

void Worker::show_what_was_shown(const lesson::Played& played) {
    constexpr std::string_view show = "show ";
    wishes_.words.clear();
    next_.forward.clear();
    for (const lesson::Answer& answer : played.answers) {
        if (!answer.command.starts_with(show)) continue;
        const std::string_view words = std::string_view(answer.command).substr(show.size());
        const std::string_view topic = words.substr(0, words.find(' '));
        const std::string panel = panel_of(topic);
        if (panel.empty()) {
            put_answer({text::printable(answer.command), answer.text, false});
            continue;
        }
        next_.forward.push_back(panel);
        wishes_.words[panel] = words.substr(std::min(topic.size() + 1, words.size()));
    }
}

void Worker::put_answer(Answer answer) {
    next_.answers.push_back(std::move(answer));
    if (next_.answers.size() > most_answers) next_.answers.erase(next_.answers.begin());
}

// A lesson begins anew with a machine of its own: what its steps have set (breakpoints, memory) is gone with the old
// one.
void Worker::restart() {
    if (session_->player()) return open(OpenFile(opened_));
    const Result<lesson::Answer> answer = session_->execute("restart");
    next_.error = answer ? "" : answer.error().sentence();
}
}  // namespace ring::gui
