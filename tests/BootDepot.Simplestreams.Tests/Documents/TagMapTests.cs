using BootDepot.Simplestreams.Documents;

namespace BootDepot.Simplestreams.Tests.Documents;

public sealed class TagMapTests
{
    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"a":"text","b":1.50,"c":true,"d":null,"e":[1,"x",{"y":false}],"f":{"g":{}}}""")]
    [InlineData("""{"quote":"\u0022","number":12345678901234567890}""")]
    public void Tags_survive_being_stored_as_text(string json) => TagMap.ToJson(TagMap.Parse(json)).ShouldBe(json);

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""[1]""")]
    [InlineData("""{"a":""")]
    public void Other_text_is_refused(string json) => Should.Throw<StreamException>(() => TagMap.Parse(json));
}
