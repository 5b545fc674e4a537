namespace BootDepot.Simplestreams.Tests;

public sealed class StreamPathTests
{
    [Theory]
    [InlineData("noble/amd64/20260309/squashfs")]
    [InlineData("com.ubuntu.maas:stable:v3:download.json")]
    [InlineData("a:b/c")]
    [InlineData("%2e%2e%2f")]
    [InlineData("..a/b..")]
    [InlineData("ä/日本")]
    [InlineData("😀")]
    public void A_relative_path_is_taken_as_it_is(string path)
    {
        StreamPath.Parse(path).Value.ShouldBe(path);
        StreamPath.ParseItem(path == "..a/b.." ? "a/b.." : path).Value.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("../../etc/x")]
    [InlineData("a/../../b")]
    [InlineData("a/..")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("./a")]
    [InlineData("a/./b")]
    [InlineData("/abs/path")]
    [InlineData("//host/x")]
    [InlineData("http://other/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("file:/etc/passwd")]
    [InlineData("a\\b")]
    [InlineData("..\\a")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u007fb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u202eb")]
    [InlineData("a\u2028b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    public void A_path_that_could_leave_or_mislead_is_refused(string? path)
    {
        Should.Throw<StreamException>(() => StreamPath.Parse(path)).Code.ShouldBe(StreamErrors.PathUnsafe);
        StreamPath.TryParse(path, out _).ShouldBeFalse();
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused()
    {
        foreach (var path in new[] { "a\ud800b", "a\udc00", "\ud800" })
            StreamPath.TryParse(path, out _).ShouldBeFalse();
    }

    [Fact]
    public void Segments_beyond_what_file_systems_take_are_refused()
    {
        StreamPath.Parse(new string('a', 255) + "/b").FileName.ShouldBe("b");
        Should.Throw<StreamException>(() => StreamPath.Parse(new string('a', 256))).Message.ShouldContain("255 bytes");
        Should.Throw<StreamException>(() => StreamPath.Parse(new string('ä', 128))).Message.ShouldContain("255 bytes");
        Should.Throw<StreamException>(() => StreamPath.Parse(string.Join('/', System.Linq.Enumerable.Repeat("abcdefgh", 300)))).Message.ShouldContain("2048 bytes");
    }

    [Theory]
    [InlineData("streams/v1/index.json")]
    [InlineData("Streams/v1/index.json")]
    [InlineData("streams")]
    [InlineData(".data/x")]
    [InlineData("a/.b/c")]
    [InlineData("a/.b")]
    public void An_item_may_not_lie_where_metadata_or_a_mirrors_state_is(string path)
    {
        StreamPath.Parse(path).Value.ShouldBe(path);
        Should.Throw<StreamException>(() => StreamPath.ParseItem(path)).Code.ShouldBe(StreamErrors.PathUnsafe);
    }

    [Theory]
    [InlineData("streams/v1/com.ubuntu.maas:stable:v3:download.json", "streams/v1/com.ubuntu.maas:stable:v3:download.json")]
    [InlineData("a b/c?d#e%f", "a%20b/c%3Fd%23e%25f")]
    [InlineData("%2e%2e/x", "%252e%252e/x")]
    [InlineData("v3+platform/é", "v3+platform/%C3%A9")]
    [InlineData("[x]|\"<>^`{}", "%5Bx%5D%7C%22%3C%3E%5E%60%7B%7D")]
    public void Each_segment_is_percent_encoded_with_colons_raw(string path, string url) => StreamPath.Parse(path).ToUrlPath().ShouldBe(url);

    [Theory]
    [InlineData("http://images.example/ephemeral-v3/stable/", "http://images.example/ephemeral-v3/stable", "streams/v1/index.sjson")]
    [InlineData("http://images.example/ephemeral-v3/stable", "http://images.example/ephemeral-v3/stable", "streams/v1/index.sjson")]
    [InlineData("https://images.example/a/streams/v1/index.json", "https://images.example/a", "streams/v1/index.json")]
    [InlineData("https://images.example/a/streams/v1/com.x:y.sjson", "https://images.example/a", "streams/v1/com.x:y.sjson")]
    [InlineData("https://images.example/streams/v1/", "https://images.example/streams/v1", "streams/v1/index.sjson")]
    [InlineData("https://images.example/streams/v1/index.html", "https://images.example/streams/v1/index.html", "streams/v1/index.sjson")]
    [InlineData("HTTP://Images.Example:80//", "http://images.example", "streams/v1/index.sjson")]
    [InlineData("http://[fd00::1]:5240/MAAS/images-stream/streams/v1/index.json", "http://[fd00::1]:5240/MAAS/images-stream", "streams/v1/index.json")]
    [InlineData("http://host:5240", "http://host:5240", "streams/v1/index.sjson")]
    [InlineData("http://x.example/mystreams/v1/index.json", "http://x.example/mystreams/v1/index.json", "streams/v1/index.sjson")]
    public void A_URL_is_split_into_base_and_index(string url, string baseUrl, string index)
    {
        var location = StreamLocation.Parse(url);
        location.BaseUrl.ShouldBe(baseUrl);
        location.IndexPath.Value.ShouldBe(index);
        location.UserInfo.ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("images.example/a")]
    [InlineData("ftp://images.example/")]
    [InlineData("file:///srv/mirror")]
    [InlineData("http://images.example/?token=1")]
    [InlineData("http://images.example/#x")]
    public void A_URL_that_is_no_mirrors_is_refused(string? url) =>
        Should.Throw<StreamException>(() => StreamLocation.Parse(url)).Code.ShouldBe(StreamErrors.UrlInvalid);

    [Fact]
    public void User_and_password_are_kept_apart_and_never_shown()
    {
        var location = StreamLocation.Parse("https://bob:s3cret@images.example/a/");
        location.UserInfo.ShouldBe("bob:s3cret");
        location.ToString().ShouldBe("https://images.example/a/streams/v1/index.sjson");
        Should.Throw<StreamException>(() => StreamLocation.Parse("ftp://bob:s3cret@images.example/")).Message.ShouldNotContain("s3cret");
    }

    [Fact]
    public void An_item_named_like_a_scheme_is_found_below_the_base() =>
        StreamLocation.Parse("http://images.example/m").UrlOf(StreamPath.Parse("com.ubuntu.maas:stable:x.json")).AbsoluteUri
            .ShouldBe("http://images.example/m/com.ubuntu.maas:stable:x.json");
}
