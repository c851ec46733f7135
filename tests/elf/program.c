/* Built in a dozen ways by fixtures.py: functions, data of every kind, thread-local data, pointers that need relocations.
   The line numbers of add() and main() are what symbols_test.cpp asks for. */
__thread int thread_zero[5];
__thread int thread_value = 7;
int zeros[3000];
int value = 42;
const char text[] = "constant";
int *const pointer_to_value = &value;

__attribute__((noinline)) int add(int a, int b) {
    int sum = a + b;
    return sum + thread_value + thread_zero[0];
}

#ifdef FREESTANDING
void _start(void) {
    for (;;) zeros[0] = add(value, *pointer_to_value);
}
#else
int main(void) {
    return add(value, *pointer_to_value) == 0 ? text[0] : 0;
}
#endif
