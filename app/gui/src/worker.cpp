#include "worker.hpp"

#include <algorithm>

#include "base/data_dir.hpp"
#include "base/text.hpp"
#include "lesson/load.hpp"
#include "panels/panels.hpp"
#include "session/commands.hpp"
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
                          {}};
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
    }
    something_.notify_all();
    thread_.join();
}

void Worker::post(Intent intent) {
    {
        const std::lock_guard lock(mutex_);
        if (std::holds_alternative<Pause>(intent)) {
            waiting_.clear();
            if (running_) running_->cancel() = true;
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
    Result<std::unique_ptr<session::Session>> opened = open_(wanted);
    next_.loading = false;
    next_.trouble = opened ? "" : opened.error().sentence();
    if (opened) become(std::move(*opened));
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
    Result<std::unique_ptr<session::Session>> opened = open_(opened_);
    if (!opened) {
        next_.error = "the file has changed, but " + opened.error().sentence();
        return;
    }
    const std::string kept = session_ ? session::keep_breakpoints(*session_, **opened) : "loaded";
    become(std::move(*opened));
    next_.trouble.clear();
    next_.error.clear();
    next_.notice = next_.name + " was built anew: " + kept;
    watch_files();
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
        if (session_) carry_out(intent);
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
    if (const auto* ask = std::get_if<Ask>(&intent)) wishes_.words[ask->panel] = ask->words;
    if (const auto* wanted = std::get_if<CopyText>(&intent)) copy(*wanted);
    if (const auto* select = std::get_if<Select>(&intent)) wishes_.selection = select->selection;
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
