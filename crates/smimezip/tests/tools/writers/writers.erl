%% Erlang's zip writes the tree. Arguments: TREE OUT.
-module(writers).
-export([main/1]).

main([Root, Out]) ->
    Name = fun(Path) -> lists:nthtail(length(Root) + 1, Path) end,
    Names = filelib:fold_files(Root, "", true, fun(Path, All) -> [Name(Path) | All] end, []),
    Version = erlang:system_info(otp_release),
    lists:foreach(fun({Mode, Options}) ->
        File = "erlang-" ++ Mode ++ ".zip",
        {ok, _} = zip:create(filename:join(Out, File), lists:sort(Names), [{cwd, Root} | Options]),
        io:format("~ts\tErlang, zip\t~ts\t~ts\tno-empty-folder~n", [File, Version, Mode])
    end, [
        {"deflated", [{compress, all}]},
        {"stored", [{uncompress, all}, {comment, "a comment"}]}
    ]).
