using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class PublishedStream : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "StreamDocuments",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StreamDocuments", x => x.Name);
                    table.CheckConstraint("CK_StreamDocuments_Name_Length", "length(\"Name\") <= 1024");
                    table.CheckConstraint("CK_StreamDocuments_Sha256_Length", "length(\"Sha256\") <= 64");
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "StreamDocuments");
        }
    }
}
